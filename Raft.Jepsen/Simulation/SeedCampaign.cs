using System.Diagnostics;
using Raft.Core.Consensus;

namespace Raft.Jepsen.Simulation;

/// <summary>Runs seed after seed and adds up what happened.</summary>
internal sealed class SeedCampaign(SimulationOptions options)
{
    private readonly long[] _occurrences = new long[Enum.GetValues<Occurrence>().Length];
    private readonly Stopwatch _watch = new();

    public long Seeds { get; private set; }

    public long Steps { get; private set; }

    public long VirtualMicroseconds { get; private set; }

    /// <summary>Hash of all runs, in order.</summary>
    public ulong TraceHash { get; private set; }

    public List<SimulationResult> Failures { get; } = [];

    public TimeSpan Elapsed => _watch.Elapsed;

    public long OccurrencesOf(Occurrence occurrence) => _occurrences[(int)occurrence];

    public SimulationResult Run(ulong seed)
    {
        _watch.Start();
        SimulationResult result = new SimulatedCluster(seed, options, _occurrences).Run(seed);
        _watch.Stop();
        Seeds++;
        Steps += result.Steps;
        VirtualMicroseconds += result.VirtualMicroseconds;
        TraceHash = Hash.Chain(TraceHash, result.TraceHash);
        if (result.Failure is not null)
        {
            Failures.Add(result);
        }

        return result;
    }

    /// <summary>Runs a seed again and keeps the last events of each node.</summary>
    public EventTrace Trace(ulong seed, int eventsPerNode)
    {
        EventTrace? trace = null;
        var ignored = new long[_occurrences.Length];
        new SimulatedCluster(seed, options, ignored, nodes => trace = new EventTrace(nodes, eventsPerNode)).Run(seed);
        return trace!;
    }

    /// <summary>Runs a seed again and tells of every protocol event.</summary>
    public void Trace(ulong seed, IRaftTrace protocol)
        => new SimulatedCluster(seed, options with { ProtocolTrace = protocol }, new long[_occurrences.Length]).Run(seed);
}
