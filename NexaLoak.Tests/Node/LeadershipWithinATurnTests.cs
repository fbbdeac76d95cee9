using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Node;

/// <summary>A node can win and lose leadership between two looks of its loop at its role.</summary>
public sealed class LeadershipWithinATurnTests
{
    private static readonly NodeId Self = new(1);
    private static readonly NodeId Voter = new(2);
    private static readonly NodeId Successor = new(3);

    [Test]
    public async Task A_command_proposed_in_a_leadership_that_nobody_saw_does_not_wait_for_ever()
    {
        await using var storage = new MemoryStorage();
        await using var transport = new GatedTransport(MessageType.VoteRequest);
        var options = new RaftNodeOptions
        {
            Id = Self,
            Configuration = new ClusterConfiguration([Self, Voter, Successor]),
            TickInterval = TimeSpan.FromMilliseconds(10),
            Raft = new RaftOptions { PreVote = false },
        };
        await using var node = new RaftNode(options, storage, transport, new JournalMachine());
        node.Start();
        ulong term = (await transport.Reached.WaitAsync(Eventually.Limit)).Term;

        transport.Deliver(Voter, Self, MessageType.VoteResponse, term);
        Task proposal = node.ProposeAsync(NodeCluster.Command("x")).AsTask();
        transport.Deliver(Successor, Self, MessageType.HeartbeatRequest, term + 1);
        transport.Open();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => proposal.WaitAsync(Eventually.Limit));
    }
}
