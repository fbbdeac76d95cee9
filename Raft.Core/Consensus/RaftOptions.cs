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

    /// <summary>
    /// Serve reads on the leader by lease (<see cref="RaftCore.TryLeaseRead"/>). Trusts the bound <see cref="LeaseDriftPercent"/> on clocks; needs
    /// <see cref="CheckQuorum"/>, all members with the same <see cref="ElectionTicks"/> and <see cref="TickMicroseconds"/> and with leases on, and machines
    /// whose monotonic clock does not stand still, as it does while a virtual machine is suspended.
    /// </summary>
    public bool LeaseReads { get; init; }

    /// <summary>How much slower than any other member's monotonic clock a leader's may run, in percent, 0 to 90.</summary>
    public int LeaseDriftPercent { get; init; } = 10;

    /// <summary>Length of a tick in microseconds, 1 to one minute; only needed for <see cref="LeaseReads"/>.</summary>
    public long TickMicroseconds { get; init; }

    /// <summary>
    /// How much this node should lead, 0 to 100. Members of less than 100 let others campaign first and come later the lower they are, but within an election
    /// timeout after the first; the rule that the more up-to-date log wins stands above it. At 0 the node campaigns only when a leader hands over to it, so
    /// if it is the only one left that holds a committed entry, nobody can lead.
    /// </summary>
    public int Priority { get; init; } = 100;

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

    internal long ElectionMicroseconds => ElectionTicks * TickMicroseconds;

    /// <summary>How long a leader may trust a confirmed round: an election timeout less a tick, on a clock that is as slow as allowed.</summary>
    internal long LeaseMicroseconds => (ElectionTicks - 1) * TickMicroseconds * (100 - LeaseDriftPercent) / 100;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(HeartbeatTicks >= 1, nameof(HeartbeatTicks), "at least 1");
        Require(ElectionTicks > HeartbeatTicks, nameof(ElectionTicks), $"greater than {nameof(HeartbeatTicks)}");
        Require(!LeaseReads || CheckQuorum, nameof(LeaseReads), $"off without {nameof(CheckQuorum)}");
        Require(LeaseDriftPercent is >= 0 and <= 90, nameof(LeaseDriftPercent), "from 0 to 90");
        Require(TickMicroseconds is >= 0 and <= 60_000_000, nameof(TickMicroseconds), "at most one minute");
        Require(!LeaseReads || TickMicroseconds > 0, nameof(TickMicroseconds), $"at least 1 with {nameof(LeaseReads)}");
        Require(Priority is >= 0 and <= 100, nameof(Priority), "from 0 to 100");
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
