using System.ComponentModel.DataAnnotations;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>What a <see cref="RaftNode"/> needs to know to run.</summary>
public sealed record RaftNodeOptions
{
    /// <summary>This node; a member of <see cref="Configuration"/>, unless that is empty.</summary>
    public required NodeId Id { get; init; }

    /// <summary>The members that found the cluster, the same on all of them; <see cref="ClusterConfiguration.Empty"/> for a node that joins one.</summary>
    public required ClusterConfiguration Configuration { get; init; }

    /// <summary>Length of a tick. Heartbeats and election timeouts are multiples of it (<see cref="RaftOptions"/>).</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Timing in ticks, and limits.</summary>
    public RaftOptions Raft { get; init; } = new();

    /// <summary>Inputs (messages, proposals, reads) that may wait for the node; more are refused.</summary>
    public int MailboxCapacity { get; init; } = 65_536;

    /// <summary>Seed of the election timeouts' random numbers; by default another one at each start.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Raft.Validate();
        if (!Configuration.IsEmpty && !Configuration.Contains(Id))
        {
            throw new ValidationException($"Node {Id} is not a member of the cluster {Configuration}.");
        }

        if (TickInterval <= TimeSpan.Zero)
        {
            throw new ValidationException($"{nameof(TickInterval)} must be greater than zero.");
        }

        if (MailboxCapacity < 1)
        {
            throw new ValidationException($"{nameof(MailboxCapacity)} must be at least 1.");
        }
    }
}
