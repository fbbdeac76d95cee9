using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at logs that are given up, and at state machines that go on from a snapshot.</summary>
internal interface ISnapshotObserver
{
    /// <summary>Called before; <paramref name="keepsSuffix"/> tells whether the log holds the entry that becomes its base.</summary>
    void OnBaseMoving(SimulatedNode node, LogId newBase, bool keepsSuffix);

    /// <summary>The node's state is captured.</summary>
    void OnSaving(SimulatedNode node);

    void OnRestored(SimulatedNode node, SnapshotMetadata snapshot);
}
