using BenchmarkDotNet.Running;
using NexaLoak.Benchmarks.Consensus;
using NexaLoak.Benchmarks.Fleet;

if (args is ["fleet", ..])
{
    return await FleetFigures.RunAsync(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(CoreReplication).Assembly).Run(args);
return 0;
