using System.Collections.Concurrent;
using System.Text;
using NexaLoak.Tests.Node;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Sessions;

namespace NexaLoak.Tests.Sessions;

/// <summary>Sessions on real nodes.</summary>
internal sealed class SessionClusterTests
{
    private readonly ConcurrentDictionary<JournalMachine, SessionStateMachine> _machines = new();

    [Test]
    public async Task J4_a_retry_at_the_next_leader_is_not_applied_again()
    {
        await using NodeCluster cluster = CreateCluster();
        using var client = new SessionClient(await ProposeAsync(cluster, () => SessionClient.EncodeOpen()));
        SessionRequest request = await client.BeginAsync(NodeCluster.Command("x"));

        // The leader fails when it applies the command: that is after the commit, and before the reply.
        RaftNode first = await cluster.LeaderAsync();
        cluster.Machines[first.Id].BeforeApply = command => throw new InvalidOperationException($"crash before {command}");
        Assert.That(async () => await first.ProposeAsync(client.Encode(request)).AsTask().WaitAsync(Eventually.Limit), Throws.TypeOf<OutcomeUnknownException>());
        await cluster.StopAsync(first.Id);

        RaftNode second = await cluster.LeaderAsync();
        Assert.That(client.TryComplete(request, await ProposeAsync(cluster, () => client.Encode(request)), out ReadOnlyMemory<byte> reply), Is.True);
        byte[] again = SessionCodec.Encode(SessionCommand.Propose(DateTimeOffset.UtcNow, client.Id, request.Sequence, 1, NodeCluster.Command("x")));
        await cluster.StopAsync(second.Id);
        cluster.Start(second.Id);
        cluster.Start(first.Id);
        ReadOnlyMemory<byte> retried = SessionCodec.DecodeReply(await ProposeAsync(cluster, () => again)).Payload;

        Assert.That(Encoding.UTF8.GetString(reply.Span), Is.EqualTo("1"));
        Assert.That(retried.ToArray(), Is.EqualTo(reply.ToArray()));
        await AssertEqual(cluster, "x");
    }

    [Test]
    public async Task J4_a_session_goes_on_through_a_loss_of_the_leader()
    {
        await using NodeCluster cluster = CreateCluster();
        RaftNode first = await cluster.LeaderAsync();
        RaftNode home = cluster.Nodes.First(node => node != first);
        ConcurrentDictionary<NodeId, RaftNode> nodes = new(cluster.Nodes.ToDictionary(node => node.Id));
        async ValueTask<ReadOnlyMemory<byte>> Route(NodeId leader, ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
        {
            try
            {
                return (await nodes[leader].ProposeAsync(command, cancellationToken)).Reply;
            }
            catch (RaftStoppedException)
            {
                throw new NotLeaderException(NodeId.None);
            }
        }

        await using RaftSession session = await RaftSession.OpenAsync(home, new RaftSessionOptions { Route = Route, RetryFor = Eventually.Limit });
        int applied = 0;
        cluster.Machines[first.Id].BeforeApply = _ =>
        {
            if (++applied == 20)
            {
                throw new InvalidOperationException("crash in the middle of the commands");
            }
        };
        string[] commands = [.. Enumerable.Range(0, 50).Select(i => $"c{i}")];
        ReadOnlyMemory<byte>[] replies = await Task.WhenAll(commands.Select(command => session.ProposeAsync(NodeCluster.Command(command)).AsTask()))
            .WaitAsync(Eventually.Limit);

        await Eventually.Holds(() => first.Completion.IsFaulted, "the first leader failed");
        await cluster.StopAsync(first.Id);
        cluster.Start(first.Id);
        await AssertEqual(cluster, cluster.Machines[home.Id].Commands);
        Assert.That(cluster.Machines[home.Id].Commands, Is.EquivalentTo(commands));
        string[] inOrder = [.. commands.OrderBy(command => Array.IndexOf(cluster.Machines[home.Id].Commands, command))];
        Assert.That(inOrder.Select(command => Encoding.UTF8.GetString(replies[Array.IndexOf(commands, command)].Span)),
            Is.EqualTo(Enumerable.Range(1, 50).Select(i => $"{i}")));
    }

    [Test]
    public async Task J7_every_node_evicts_the_same_sessions()
    {
        await using NodeCluster cluster = CreateCluster();
        byte[] configure = SessionCodec.Encode(SessionCommand.Configure(DateTimeOffset.UnixEpoch, new SessionLimits { MaxSessions = 3 }));
        await ProposeAsync(cluster, () => configure);
        for (int i = 0; i < 20; i++)
        {
            // Clocks of nodes and clients have nothing in common.
            byte[] open = SessionCodec.Encode(SessionCommand.Open(DateTimeOffset.UnixEpoch.AddMinutes(i * 25)));
            await ProposeAsync(cluster, () => open);
        }

        await AssertEqual(cluster);
        Assert.That(cluster.Machines.Values.Select(journal => _machines[journal].SessionCount), Is.All.EqualTo(3));
    }

    private static async Task<byte[]> ProposeAsync(NodeCluster cluster, Func<byte[]> encode)
    {
        while (true)
        {
            try
            {
                return (await (await cluster.LeaderAsync()).ProposeAsync(encode()).AsTask().WaitAsync(Eventually.Limit)).Reply.ToArray();
            }
            catch (Exception error) when (error is NotLeaderException or OutcomeUnknownException or RaftStoppedException)
            {
                await TestContext.Out.WriteLineAsync(error.Message);
            }
        }
    }

    /// <summary>Once nothing moves any more, all nodes have applied the same commands and hold the same sessions.</summary>
    private async Task AssertEqual(NodeCluster cluster, params string[] commands)
    {
        await Eventually.Holds(
            () => cluster.Nodes.All(node => node.Status.AppliedIndex == cluster.Nodes.Max(other => other.Status.LastIndex)), "every node applied everything");
        Assert.That(cluster.Machines.Values.Select(journal => journal.Commands), Is.All.EqualTo(commands));
        Assert.That(cluster.Machines.Values.Select(journal => _machines[journal].ComputeSessionHash()).Distinct().Count(), Is.EqualTo(1));
    }

    private NodeCluster CreateCluster() => new(3, journal => _machines[journal] = SessionStateMachine.Over(journal));
}
