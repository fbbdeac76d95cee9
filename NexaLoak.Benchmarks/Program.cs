using BenchmarkDotNet.Running;
using NexaLoak.Benchmarks.Consensus;

BenchmarkSwitcher.FromAssembly(typeof(CoreReplication).Assembly).Run(args);
