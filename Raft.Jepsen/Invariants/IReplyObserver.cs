using Raft.Core.Log;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>Looks at every definite answer to a proposal.</summary>
internal interface IReplyObserver
{
    /// <summary>The client hears that its command is done.</summary>
    void OnAcknowledged(SimulatedNode node, LogId id);

    /// <summary>The client hears that its command, which had a place in the log, will never be done.</summary>
    void OnFailed(SimulatedNode node, LogId id);

    /// <summary>The client hears that its command was not taken.</summary>
    void OnRefused(ulong value);
}
