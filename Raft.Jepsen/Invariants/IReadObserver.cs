using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every read: when it is confirmed, with the index that it must see, and when it is served, with what it sees.</summary>
internal interface IReadObserver
{
    void OnRead(SimulatedNode node, in PendingRead read, ulong index);
}
