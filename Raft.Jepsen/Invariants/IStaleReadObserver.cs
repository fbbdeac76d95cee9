using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every read of a bounded age.</summary>
internal interface IStaleReadObserver
{
    /// <summary>The node will serve it at an index, and must not miss what <paramref name="floor"/> names.</summary>
    void OnStaleRead(SimulatedNode node, ulong floor, ulong index);

    /// <summary>The node serves it now, from the state up to an index.</summary>
    void OnStaleReadServed(SimulatedNode node, ulong index);
}
