using System.Collections.Concurrent;
using System.Diagnostics;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// Runs seed after seed and adds up what happened. Several threads may share the work: each seed is a world of its own, and results come in the
/// order of the seeds, so nothing but the time depends on their number.
/// </summary>
internal sealed class SeedCampaign(SimulationOptions options)
{
    private readonly long[] _occurrences = new long[Enum.GetValues<Occurrence>().Length];
    private readonly Stopwatch _watch = new();

    /// <summary>What clients ask for; <c>null</c> for the load of no meaning.</summary>
    public Workload? Workload => options.Workload;

    public long Seeds { get; private set; }

    public long Steps { get; private set; }

    public long VirtualMicroseconds { get; private set; }

    /// <summary>Hash of all runs, in order.</summary>
    public ulong TraceHash { get; private set; }

    public List<SimulationResult> Failures { get; } = [];

    /// <summary>What clients of a workload did in all runs that were judged; empty without one.</summary>
    public HistoryTally Histories { get; } = new();

    public TimeSpan Elapsed => _watch.Elapsed;

    public long OccurrencesOf(Occurrence occurrence) => _occurrences[(int)occurrence];

    /// <summary>Runs seeds as far as the caller takes their results.</summary>
    /// <param name="start">The first seed.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="threads">How many threads share them.</param>
    public IEnumerable<SimulationResult> Run(ulong start, long seeds, int threads)
    {
        _watch.Start();
        foreach ((SimulationResult result, long[] occurrences) in RunInOrder(start, seeds, threads))
        {
            Add(result, occurrences);
            yield return result;
        }

        _watch.Stop();
    }

    /// <summary>Runs seeds until one fails. Returns how many were run, or <c>null</c> when none failed as <paramref name="wanted"/> says.</summary>
    public long? RunUntil(Func<SimulationResult, bool> wanted, ulong start, long seeds, int threads)
    {
        foreach (SimulationResult result in Run(start, seeds, threads))
        {
            if (wanted(result))
            {
                return Seeds;
            }
        }

        return null;
    }

    /// <summary>Runs a seed again and keeps the last events of each node.</summary>
    public EventTrace Trace(ulong seed, int eventsPerNode)
    {
        EventTrace? trace = null;
        new SimulatedCluster(seed, options, new long[_occurrences.Length], nodes => trace = new EventTrace(nodes, eventsPerNode)).Run();
        return trace!;
    }

    /// <summary>Runs a seed once more, for whoever the options name to listen.</summary>
    public static void Rerun(ulong seed, SimulationOptions options)
        => new SimulatedCluster(seed, options, new long[Enum.GetValues<Occurrence>().Length]).Run();

    private IEnumerable<(SimulationResult, long[])> RunInOrder(ulong start, long seeds, int threads)
    {
        IEnumerable<ulong> all = SeedsFrom(start, seeds);
        return threads == 1
            ? all.Select(RunOne)
            : Partitioner.Create(all, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered()
                .WithDegreeOfParallelism(threads).WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(RunOne);
    }

    private static IEnumerable<ulong> SeedsFrom(ulong start, long seeds)
    {
        for (long i = 0; i < seeds; i++)
        {
            yield return unchecked(start + (ulong)i);
        }
    }

    private (SimulationResult Result, long[] Occurrences) RunOne(ulong seed)
    {
        var occurrences = new long[_occurrences.Length];
        return (new SimulatedCluster(seed, options, occurrences).Run(), occurrences);
    }

    private void Add(SimulationResult result, long[] occurrences)
    {
        Seeds++;
        Steps += result.Steps;
        VirtualMicroseconds += result.VirtualMicroseconds;
        TraceHash = Hash.Chain(TraceHash, result.TraceHash);
        for (int i = 0; i < occurrences.Length; i++)
        {
            _occurrences[i] += occurrences[i];
        }

        Histories.Add(result.Judgement);
        if (result.Failure is not null)
        {
            Failures.Add(result);
        }
    }
}
