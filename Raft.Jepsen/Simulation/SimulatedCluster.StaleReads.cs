namespace Raft.Jepsen.Simulation;

// Clients that are content with what was true a while ago.
internal sealed partial class SimulatedCluster
{
    /// <summary>A clock gives up a part of a microsecond whenever its rate changes.</summary>
    private const long ClockRounding = 1_000;

    /// <summary>How long ago that is at most for an observer with a right clock, when the node's own is as slow as it may be.</summary>
    private long LongestStaleness => (_plan.MaxStaleness * _plan.LongestTick / 1000) + ClockRounding;

    /// <summary>Whoever is refused would ask for a linearizable read; others ask for those often enough.</summary>
    private void ReadStale(SimulatedNode node)
    {
        TellTime(node);
        if (!_mutant.TryBoundedStaleRead(node, _plan.MaxStaleness, out ulong index))
        {
            Count(Occurrence.StaleReadRefused);
            return;
        }

        ReadStale(node, index, caller: null);
    }

    private void ReadStale(SimulatedNode node, ulong index, TaskCompletionSource? caller)
    {
        _invariants.OnStaleRead(node, _readFloor.At(_scheduler.Now - LongestStaleness), index);
        node.StaleReads.Add((index, caller));
        ServeStaleReads(node);
    }

    private void ServeStaleReads(SimulatedNode node)
    {
        if (node.StaleReads.Count > 0)
        {
            ServeStaleReads(node, node.StateMachine.AppliedIndex);
        }
    }

    private void ServeStaleReads(SimulatedNode node, ulong applied)
    {
        foreach ((ulong index, TaskCompletionSource? caller) in node.StaleReads)
        {
            if (index <= applied)
            {
                Count(Occurrence.StaleReadServed);
                _invariants.OnStaleReadServed(node, _mutant.StateServed(node, index));
                caller?.SetResult();
            }
        }

        node.StaleReads.RemoveAll(read => read.Index <= applied);
    }
}
