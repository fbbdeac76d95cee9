using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at a log just before a part of it is replaced.</summary>
internal interface ITruncationObserver
{
    void OnTruncating(SimulatedNode node, ulong from);
}
