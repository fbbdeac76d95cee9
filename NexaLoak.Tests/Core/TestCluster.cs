using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>A few cores and a network that delivers at once, in order, what the test does not hold back.</summary>
internal sealed class TestCluster
{
    private readonly Dictionary<NodeId, TestNode> _nodes;
    private readonly RaftOptions _options;
    private readonly Queue<Message> _network = new();

    public TestCluster(int voters, RaftOptions? options = null, int learners = 0)
        : this(voters, learners, _ => options ?? new RaftOptions(), seed: 0)
    {
    }

    /// <param name="voters">Nodes that vote, from id 1 on.</param>
    /// <param name="learners">Nodes that do not, behind them.</param>
    /// <param name="options">Options of the node with an id.</param>
    /// <param name="seed">Makes other election timeouts.</param>
    public TestCluster(int voters, int learners, Func<ulong, RaftOptions> options, ulong seed)
    {
        IEnumerable<NodeId> Ids(int first, int count) => Enumerable.Range(first, count).Select(id => new NodeId((ulong)id));
        var configuration = new ClusterConfiguration(Ids(1, voters), learners: Ids(voters + 1, learners));
        _options = options(1);
        _nodes = configuration.Members.ToDictionary(id => id, id => new TestNode(id.Value, configuration, options(id.Value), seed: seed));
    }

    /// <summary>Nodes that know the configuration from the first entry of their logs.</summary>
    public TestCluster(ClusterConfiguration founding, RaftOptions? options = null)
    {
        _options = options ?? new RaftOptions();
        _nodes = [];
        foreach (NodeId id in founding.Members)
        {
            Join((int)id.Value).Core.Bootstrap(founding);
        }

        Settle();
    }

    public TestNode this[int id] => _nodes[new NodeId((ulong)id)];

    /// <summary>Starts a node that knows of no cluster.</summary>
    public TestNode Join(int id)
    {
        var node = new TestNode((ulong)id, ClusterConfiguration.Empty, _options);
        _nodes.Add(node.Id, node);
        return node;
    }

    public IEnumerable<TestNode> Nodes => _nodes.Values;

    /// <summary>Messages for which this is true are lost.</summary>
    public Predicate<Message> Loses { get; set; } = _ => false;

    /// <summary>Every message that left a node, lost or not.</summary>
    public List<Message> Sent { get; } = [];

    /// <summary>Carries messages until nobody has anything to say.</summary>
    public TestCluster Settle()
    {
        do
        {
            foreach (TestNode node in Nodes)
            {
                Post(node.Drain());
            }

            while (_network.TryDequeue(out Message message))
            {
                if (_nodes.TryGetValue(message.To, out TestNode? receiver))
                {
                    Post(receiver.Step(message));
                }
            }
        }
        while (_network.Count > 0);
        return this;
    }

    public void Post(IEnumerable<Message> messages)
    {
        foreach (Message message in messages)
        {
            Sent.Add(message);
            if (!Loses(message))
            {
                _network.Enqueue(message);
            }
        }
    }

    /// <summary>Time passes for all nodes, tick by tick, with all messages delivered in between.</summary>
    public TestCluster Pass(int ticks, Func<bool>? until = null)
    {
        for (int i = 0; i < ticks && until?.Invoke() != true; i++)
        {
            foreach (TestNode node in Nodes)
            {
                node.Core.Tick();
            }

            Settle();
        }

        return this;
    }

    public TestCluster Elect(int id)
    {
        this[id].Core.Campaign();
        Settle();
        Assert.That(this[id].Core.Role, Is.EqualTo(Role.Leader));
        return this;
    }

    public LogId Propose(int id, byte value = 1)
    {
        Assert.That(this[id].Core.Propose(new[] { value }, forward: false, out LogId place), Is.EqualTo(ProposalStatus.Appended));
        return place;
    }

    public LogId Change(int id, ConfigurationChange change)
    {
        Assert.That(this[id].Core.ProposeConfiguration(change, null, out LogId place), Is.EqualTo(ConfigurationStatus.Appended));
        return place;
    }

    public TestNode? Leader => Nodes.FirstOrDefault(node => node.Core.Role == Role.Leader);

    public static bool Between(Message message, int one, int other)
        => (message.From.Value == (ulong)one && message.To.Value == (ulong)other)
            || (message.From.Value == (ulong)other && message.To.Value == (ulong)one);

    public static bool Touches(Message message, int id) => message.From.Value == (ulong)id || message.To.Value == (ulong)id;
}
