using System.Text;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Recovery;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Node;

/// <summary>A cluster of three that loses two nodes for good goes on from the third, on each kind of storage.</summary>
internal abstract class QuorumRecoveryConformance
{
    private static readonly NodeId s_survivor = new(1);
    private static readonly ClusterConfiguration s_founders = new([s_survivor, new NodeId(2), new NodeId(3)]);

    private readonly Dictionary<NodeId, RunningNode> _running = [];
    private InMemoryNetwork _network = null!;

    [SetUp]
    public void CreateNetwork() => _network = new InMemoryNetwork();

    [TearDown]
    public async Task StopAll()
    {
        foreach (NodeId id in _running.Keys.ToArray())
        {
            await StopAsync(id);
        }
    }

    [Test]
    public async Task A_survivor_goes_on_with_all_it_acknowledged_and_new_nodes_join_it()
    {
        string[] before = await LoseTwoOfThreeAsync();
        IRaftStorage storage = Open(s_survivor);
        QuorumRecoveryPlan plan = await QuorumRecovery.RecoverAsync(storage, s_survivor, new ClusterConfiguration([s_survivor]));
        await storage.DisposeAsync();
        Assert.That(plan.Before, Is.EqualTo(s_founders));

        Start(s_survivor, s_founders);
        RaftNode leader = _running[s_survivor].Node;
        await Eventually.Holds(() => leader.Status.Role == Role.Leader, "the survivor leads alone");
        Assert.That(leader.Status.Term, Is.GreaterThan(plan.Appended.Term));
        await ProposeAsync("alone");
        Assert.That(_running[s_survivor].Machine.Commands, Is.EqualTo([.. before, "alone"]));

        NodeId[] joining = [new NodeId(4), new NodeId(5)];
        foreach (NodeId id in joining)
        {
            Start(id, ClusterConfiguration.Empty);
        }

        await leader.ChangeMembershipAsync(joining.Aggregate(ConfigurationChange.Empty, (change, id) => change.AddLearner(id)));
        await AllHaveApplied([.. before, "alone"]);
        await leader.ChangeMembershipAsync(joining.Aggregate(ConfigurationChange.Empty, (change, id) => change.AddVoter(id)));
        await ProposeAsync("three");
        await AllHaveApplied([.. before, "alone", "three"]);

        await StopAsync(s_survivor);
        Start(s_survivor, s_founders);
        await AllHaveApplied([.. before, "alone", "three"]);
        Assert.That(_running[s_survivor].Node.Status.Configuration.Voters, Is.EqualTo([s_survivor, .. joining]));
    }

    /// <summary>Opens a node's storage: what was there when it was closed last.</summary>
    protected abstract IRaftStorage Open(NodeId id);

    /// <summary>What was acknowledged, all of which the survivor has.</summary>
    private async Task<string[]> LoseTwoOfThreeAsync()
    {
        foreach (NodeId id in s_founders.Voters)
        {
            Start(id, s_founders);
        }

        string[] commands = [.. Enumerable.Range(1, 10).Select(number => $"{number}")];
        foreach (string command in commands)
        {
            await ProposeAsync(command);
        }

        await Eventually.Holds(() => _running[s_survivor].Machine.Commands.Contains("10"), "the survivor has all of it");
        foreach (NodeId id in s_founders.Voters.Reverse())
        {
            await StopAsync(id);
        }

        return [.. commands];
    }

    private async Task ProposeAsync(string command)
    {
        RaftNode? leader = null;
        await Eventually.Holds(
            () => (leader = _running.Values.Select(running => running.Node).FirstOrDefault(node => node.Status.Role == Role.Leader)) is not null,
            "a node leads");
        await leader!.ProposeAsync(Encoding.UTF8.GetBytes(command)).AsTask().WaitAsync(Eventually.Limit);
    }

    private Task AllHaveApplied(string[] commands)
        => Eventually.Holds(() => _running.Values.All(running => running.Machine.Commands.SequenceEqual(commands)), "all have the same commands");

    private void Start(NodeId id, ClusterConfiguration founders)
    {
        var options = new RaftNodeOptions { Id = id, Configuration = founders, TickInterval = TimeSpan.FromMilliseconds(20) };
        IRaftStorage storage = Open(id);
        IRaftTransport transport = _network.CreateTransport(id);
        var machine = new JournalMachine();
        var node = new RaftNode(options, storage, transport, machine);
        _running[id] = new RunningNode(node, storage, transport, machine);
        node.Start();
    }

    private async Task StopAsync(NodeId id)
    {
        _running.Remove(id, out RunningNode? running);
        await running!.Node.DisposeAsync();
        await running.Transport.DisposeAsync();
        await running.Storage.DisposeAsync();
    }

    private sealed record RunningNode(RaftNode Node, IRaftStorage Storage, IRaftTransport Transport, JournalMachine Machine);
}
