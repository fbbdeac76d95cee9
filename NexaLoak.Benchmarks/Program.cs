using BenchmarkDotNet.Running;
using NexaLoak.Benchmarks.Checking;
using NexaLoak.Benchmarks.Consensus;
using NexaLoak.Benchmarks.Fleet;
using NexaLoak.Benchmarks.Groups;
using NexaLoak.Benchmarks.Links;
using NexaLoak.Benchmarks.Minority;
using NexaLoak.Benchmarks.Storage;
using NexaLoak.Benchmarks.Transfers;

if (args is ["fleet", ..])
{
    return await FleetFigures.RunAsync(args[1..]);
}

if (args is ["groups", ..])
{
    return await IdleGroups.RunAsync(args[1..]);
}

if (args is ["minority", ..])
{
    return await MinorityLoss.RunAsync(args[1..]);
}

if (args is ["checking", ..])
{
    return CheckingTime.Run(args[1..]);
}

if (args is ["storage", ..])
{
    return await StorageFigures.RunAsync(args[1..]);
}

if (args is ["reopen", ..])
{
    return await ReopenFigures.RunAsync(args[1..]);
}

if (args is ["snapshot-transfer", ..])
{
    return await TransferFigures.RunAsync(args[1..]);
}

if (args is ["links"])
{
    return await LinkFigures.RunAsync();
}

BenchmarkSwitcher.FromAssembly(typeof(CoreReplication).Assembly).Run(args);
return 0;
