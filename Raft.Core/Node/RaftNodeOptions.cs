using System.ComponentModel.DataAnnotations;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Membership;
using Raft.Core.Node.Snapshots;

namespace Raft.Core.Node;

/// <summary>What a <see cref="RaftNode"/> needs to know to run.</summary>
public sealed record RaftNodeOptions
{
    /// <summary>This node; a member of <see cref="Configuration"/>, unless that is empty.</summary>
    public required NodeId Id { get; init; }

    /// <summary>
    /// The members that found the cluster, the same on all of them; <see cref="ClusterConfiguration.Empty"/> for a node that joins one. Looked at when the
    /// storage is empty: later the log knows the members.
    /// </summary>
    public required ClusterConfiguration Configuration { get; init; }

    /// <summary>Length of a tick. Heartbeats and election timeouts are multiples of it (<see cref="RaftOptions"/>).</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Ticks of several nodes of the process; its interval takes the place of <see cref="TickInterval"/>. <c>null</c> for a timer of the node's own. Not owned.
    /// </summary>
    public SharedTicker? Ticker { get; init; }

    /// <summary>Timing in ticks, and limits.</summary>
    public RaftOptions Raft { get; init; } = new();

    /// <summary>When snapshots are taken, of a state machine that can be saved.</summary>
    public SnapshotPolicy Snapshots { get; init; } = new();

    /// <summary>Greatest age of what a read with <see cref="ReadConsistency.BoundedStale"/> sees.</summary>
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A name for the cluster in metrics and traces; <c>null</c> for none.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Calls (proposals, reads) that may wait for the node, and as many inputs of its peers; more are refused.</summary>
    public int MailboxCapacity { get; init; } = 65_536;

    /// <summary>Bytes that the commands among the waiting calls may have together; more are refused. At least one command fits.</summary>
    public long MailboxBytes { get; init; } = 64 << 20;

    /// <summary>Events that wait for a slow subscriber of <see cref="IRaft.WatchAsync"/> before its oldest is given up.</summary>
    public int EventCapacity { get; init; } = 256;

    /// <summary>
    /// Ticks that the oldest write may wait for the storage. Beyond, the node stops to lead, if it can by handing over, and does not campaign until the
    /// storage answers: its followers would hear heartbeats of a leader that can't serve. A few election timeouts, more than the longest pause of a sound disk.
    /// </summary>
    public int MaxWriteStallTicks { get; init; } = 50;

    /// <summary>
    /// Longest time that a stop may take. A leader gets up to half of it to hand over, and the state machine the same to return from the command that it
    /// is at; neither is waited for longer.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMilliseconds(900);

    /// <summary>Seed of the election timeouts' random numbers; by default another one at each start.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Raft.Validate();
        Snapshots.Validate();
        if (!Configuration.IsEmpty && !Configuration.Contains(Id))
        {
            throw new ValidationException($"Node {Id} is not a member of the cluster {Configuration}.");
        }

        Require(TickInterval > TimeSpan.Zero, nameof(TickInterval), "greater than zero");
        Require(MaxStaleness > TimeSpan.Zero, nameof(MaxStaleness), "greater than zero");
        Require(MailboxCapacity >= 1, nameof(MailboxCapacity), "at least 1");
        Require(MailboxBytes >= Raft.MaxEntryBytes, nameof(MailboxBytes), $"at least {nameof(RaftOptions)}.{nameof(RaftOptions.MaxEntryBytes)}");
        Require(EventCapacity >= 1, nameof(EventCapacity), "at least 1");
        Require(MaxWriteStallTicks >= 1, nameof(MaxWriteStallTicks), "at least 1");
        Require(StopTimeout > TimeSpan.Zero, nameof(StopTimeout), "greater than zero");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"{name} must be {bound}.");
            }
        }
    }
}
