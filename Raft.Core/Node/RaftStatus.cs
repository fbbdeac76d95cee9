using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>A node's view of itself and, on the leader, of the others. Immutable. The indices may be a moment newer than the rest.</summary>
public sealed record RaftStatus
{
    /// <summary>This node.</summary>
    public required NodeId Id { get; init; }

    /// <summary>Its role.</summary>
    public required Role Role { get; init; }

    /// <summary>Its current term.</summary>
    public required ulong Term { get; init; }

    /// <summary>The leader of <see cref="Term"/> as far as known.</summary>
    public required NodeId Leader { get; init; }

    /// <summary>Time this node has led in <see cref="Term"/>; zero on others.</summary>
    public TimeSpan LeadingFor { get; init; }

    /// <summary>
    /// Time since it last led or heard from a leader; <c>null</c> when it never did. Small while all is well: a leader sends a heartbeat every few ticks.
    /// </summary>
    public TimeSpan? SinceLeaderContact { get; init; }

    /// <summary>Its storage has not answered for <see cref="RaftNodeOptions.MaxWriteStallTicks"/>: it neither leads nor campaigns until it does.</summary>
    public bool IsStorageStalled { get; init; }

    /// <summary>Index of the last entry in its log.</summary>
    public required ulong LastIndex { get; init; }

    /// <summary>Highest index known to be committed.</summary>
    public required ulong CommitIndex { get; init; }

    /// <summary>Highest index that its state machine has applied.</summary>
    public required ulong AppliedIndex { get; init; }

    /// <summary>The configuration in force.</summary>
    public required ClusterConfiguration Configuration { get; init; }

    /// <summary>Index of the entry that brought <see cref="Configuration"/>; 0 when no entry did.</summary>
    public ulong ConfigurationIndex { get; init; }

    /// <summary>Index up to which the log is given up: a snapshot stands for it.</summary>
    public ulong BaseIndex { get; init; }

    /// <summary>The last entry in this node's newest snapshot; 0 when there is none.</summary>
    public ulong SnapshotIndex { get; init; }

    /// <summary>The other members in ascending order of id; empty unless this node leads.</summary>
    public IReadOnlyList<PeerStatus> Peers { get; init; } = [];

    /// <summary>The node has stopped, on request or for <see cref="Failure"/>.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Why the node stopped for good, or <c>null</c> while it runs.</summary>
    public Exception? Failure { get; init; }
}
