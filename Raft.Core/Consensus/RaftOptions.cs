using System.ComponentModel.DataAnnotations;

namespace Raft.Core.Consensus;

/// <summary>Timing and limits of one node. Times are counted in ticks, whose length the node's driver chooses.</summary>
public sealed record RaftOptions
{
    /// <summary>Ticks without a leader's message after which a node campaigns; the actual wait is drawn from this to twice this minus one.</summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>Ticks between a leader's heartbeats; less than <see cref="ElectionTicks"/>.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>Ask for votes without raising the term first, so that a node that comes back does not depose a working leader (thesis, section 9.6).</summary>
    public bool PreVote { get; init; } = true;

    /// <summary>
    /// A leader that hears from no majority for an election timeout steps down, and nobody votes for another while it hears from a leader (thesis,
    /// sections 6.2 and 4.2.3).
    /// </summary>
    public bool CheckQuorum { get; init; } = true;

    /// <summary>Largest command, in bytes of payload.</summary>
    public int MaxEntryBytes { get; init; } = 1 << 20;

    /// <summary>Entries of one append message, in bytes by <see cref="Log.Entry.Size"/>; a single larger entry still goes out alone.</summary>
    public int MaxAppendBytes { get; init; } = 1 << 20;

    /// <summary>Append messages under way to one follower.</summary>
    public int MaxInflightMessages { get; init; } = 256;

    /// <summary>Bytes of entries under way to one follower.</summary>
    public long MaxInflightBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of entries that the leader appended and that are not committed; more are refused. One proposal is always let in.</summary>
    public long MaxUncommittedBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of recent entries kept in memory for followers that are a little behind; entries that are not durable come on top.</summary>
    public long LogCacheBytes { get; init; } = 16 << 20;

    /// <summary>Entries that a log keeps behind a snapshot, for followers that lag a little.</summary>
    public ulong TrailingEntries { get; init; } = 10_000;

    /// <summary>Entries that a leader's log keeps at most behind a snapshot for followers that it hears from and that still need them.</summary>
    public ulong MaxTrailingEntries { get; init; } = 1_000_000;

    /// <summary>Length of the pieces in which a snapshot is sent, in bytes.</summary>
    public int SnapshotChunkBytes { get; init; } = 64 << 10;

    /// <summary>Pieces of a snapshot under way to one follower, and on that one, not written yet. The same on all nodes.</summary>
    public int MaxInflightSnapshotChunks { get; init; } = 16;

    /// <summary>Bytes of snapshots that a leader sends in a tick, to all followers together; unlimited by default.</summary>
    public long SnapshotBytesPerTick { get; init; } = long.MaxValue;

    /// <summary>Entries that a learner may lack at most when it becomes a voter.</summary>
    public ulong PromotionLag { get; init; } = 1_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(HeartbeatTicks >= 1, nameof(HeartbeatTicks), "at least 1");
        Require(ElectionTicks > HeartbeatTicks, nameof(ElectionTicks), $"greater than {nameof(HeartbeatTicks)}");
        Require(MaxEntryBytes >= 1, nameof(MaxEntryBytes), "at least 1");
        Require(MaxAppendBytes >= 1, nameof(MaxAppendBytes), "at least 1");
        Require(MaxInflightMessages >= 1, nameof(MaxInflightMessages), "at least 1");
        Require(MaxInflightBytes >= MaxAppendBytes, nameof(MaxInflightBytes), $"at least {nameof(MaxAppendBytes)}");
        Require(MaxUncommittedBytes >= 1, nameof(MaxUncommittedBytes), "at least 1");
        Require(LogCacheBytes >= 0, nameof(LogCacheBytes), "at least 0");
        Require(MaxTrailingEntries >= TrailingEntries, nameof(MaxTrailingEntries), $"at least {nameof(TrailingEntries)}");
        Require(SnapshotChunkBytes >= 1, nameof(SnapshotChunkBytes), "at least 1");
        Require(MaxInflightSnapshotChunks >= 1, nameof(MaxInflightSnapshotChunks), "at least 1");
        Require(SnapshotBytesPerTick >= 1, nameof(SnapshotBytesPerTick), "at least 1");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"{nameof(RaftOptions)}.{name} must be {bound}.");
            }
        }
    }
}
