using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

/// <summary>
/// A random walk of nodes whose members change all the time: messages overtake each other and get lost, nodes crash. What one node takes for committed no
/// other may contradict.
/// </summary>
internal sealed class MembershipWalk
{
    private const int Nodes = 8;

    private readonly RandomStream _random;
    private readonly TestCluster _cluster;
    private readonly List<Message> _network = [];
    private readonly SortedDictionary<ulong, ulong> _committed = [];
    private readonly ulong[] _checked = new ulong[Nodes + 1];

    /// <summary>Nodes 1 to 6 store everything; 7 and 8 are witnesses whenever they are members.</summary>
    public MembershipWalk(int seed)
    {
        _random = new RandomStream((ulong)seed);
        var options = new RaftOptions { PreVote = seed % 3 != 0, CheckQuorum = seed % 4 != 0, MaxAppendBytes = 100 };
        _cluster = new TestCluster(MembershipText.Members(seed % 2 == 0 ? "v1 v2 v3" : "v1 v2 l3 w7"), options);
        for (int id = 1; id <= Nodes; id++)
        {
            if (!_cluster.Nodes.Any(node => node.Id.Value == (ulong)id))
            {
                _cluster.Join(id);
            }
        }
    }

    public int Changes { get; private set; }

    public void Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            TestNode node = _cluster[1 + _random.Below(Nodes)];
            Act(node, _random.Below(1000));
            _network.AddRange(node.Drain());
            CheckCommitted(node);
        }
    }

    /// <summary>All messages arrive from now on. Returns true when a leader that votes finishes whatever was under way.</summary>
    public bool Heals()
    {
        bool IsDone() => _cluster.Leader is { Core: { IsConfigurationCommitted: true, Configuration.IsJoint: false } core } leader
            && core.Configuration.IsFullVoter(leader.Id) && core.CommitIndex == core.LastLogId.Index;
        _cluster.Pass(600, until: IsDone);
        foreach (TestNode node in _cluster.Nodes)
        {
            CheckCommitted(node);
        }

        return IsDone();
    }

    public override string ToString()
        => string.Join('\n', _cluster.Nodes.OrderBy(node => node.Id).Select(node =>
            $"{node.Id} {node.Core.Role} term {node.Core.Term} log {node.Core.LastLogId} commit {node.Core.CommitIndex} {node.Core.Configuration} at {node.Core.ConfigurationIndex}"
                + (node.Core.IsConfigurationCommitted ? " committed" : "")));

    private void Act(TestNode node, int die)
    {
        switch (die)
        {
            case < 2:
                node.Crash();
                break;
            case < 40:
                node.Core.Propose(new byte[_random.Below(60)], forward: false, out _);
                break;
            case < 120:
                Changes += node.Core.ProposeConfiguration(AnyChange(), null, out _) == ConfigurationStatus.Appended ? 1 : 0;
                break;
            case < 123:
                node.Core.TransferLeadership(NodeId.None);
                break;
            case < 130:
                node.Core.RequestRead();
                break;
            case < 150 when _network.Count > 0:
                _network.RemoveAt(_random.Below(_network.Count));
                break;
            case > 250 when _network.Count > 0:
                Deliver(_random.Below(_network.Count));
                break;
            default:
                node.Core.Tick();
                break;
        }
    }

    /// <summary>Any message may come first, and sometimes it comes twice.</summary>
    private void Deliver(int position)
    {
        Message message = _network[position];
        if (_random.Below(20) != 0)
        {
            _network.RemoveAt(position);
        }

        TestNode receiver = _cluster[(int)message.To.Value];
        _network.AddRange(receiver.Step(message));
        CheckCommitted(receiver);
    }

    private ConfigurationChange AnyChange()
    {
        ConfigurationChange change = ConfigurationChange.Empty;
        for (int steps = 1 + _random.Below(3); steps > 0; steps--)
        {
            var id = new NodeId(1 + (ulong)_random.Below(Nodes));
            change = (_random.Below(5), id.Value > 6) switch
            {
                (0 or 1, _) => change.Remove(id),
                (_, true) => change.AddWitness(id),
                (2, _) => change.AddLearner(id),
                _ => change.AddVoter(id),
            };
        }

        return change;
    }

    private void CheckCommitted(TestNode node)
    {
        int position = (int)node.Id.Value;
        _checked[position] = Math.Min(_checked[position], node.Core.CommitIndex);
        for (ulong index = _checked[position] + 1; index <= node.Core.CommitIndex; index++)
        {
            ulong term = node.Core.TermAt(index)!.Value;
            _committed.TryAdd(index, term);
            Assert.That(term, Is.EqualTo(_committed[index]), $"node {node.Id} takes another entry {index} for committed");
        }

        _checked[position] = node.Core.CommitIndex;
    }
}
