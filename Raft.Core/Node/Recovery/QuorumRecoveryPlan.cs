using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Core.Node.Recovery;

/// <summary>What a recovery found in the survivor's storage, and what it does to it.</summary>
public sealed record QuorumRecoveryPlan
{
    /// <summary>The node whose storage it is.</summary>
    public required NodeId Survivor { get; init; }

    /// <summary>The last entry in the survivor's log. Of several survivors the one where this is the greatest is to be recovered, and no other.</summary>
    public required LogId Last { get; init; }

    /// <summary>
    /// Highest index that the survivor knew to be committed. What lies behind it, up to <see cref="Last"/>, is from now on taken for committed, whether a
    /// majority ever had it or not.
    /// </summary>
    public required ulong CommitIndex { get; init; }

    /// <summary>How many entries are taken for committed that were not known to be.</summary>
    public ulong Uncommitted => Last.Index - CommitIndex;

    /// <summary>The configuration that was in force and has no majority any more.</summary>
    public required ClusterConfiguration Before { get; init; }

    /// <summary>The configuration that takes its place.</summary>
    public required ClusterConfiguration After { get; init; }

    /// <summary>The entry that brings <see cref="After"/>, in a term of its own.</summary>
    public required LogId Appended { get; init; }

    /// <summary>The whole change as one write, which takes effect as a whole or not at all.</summary>
    internal StorageWrite ToWrite(ulong sequence)
    {
        Entry[] entries = [new Entry(Appended.Term, Appended.Index, EntryType.Configuration, ConfigurationCodec.Encode(After))];
        return new StorageWrite(sequence, new HardState(Appended.Term, Survivor, Appended.Index), [entries]);
    }
}
