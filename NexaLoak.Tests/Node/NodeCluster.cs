using System.Text;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace NexaLoak.Tests.Node;

/// <summary>Real nodes in one process, on memory storage and an in-memory network.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly Dictionary<NodeId, (RaftNode Node, IRaftTransport Transport)> _running = [];
    private readonly ClusterConfiguration _configuration;
    private readonly Func<JournalMachine, IStateMachine> _wrap;
    private readonly Func<RaftNodeOptions, RaftNodeOptions> _configure;

    /// <param name="size">Number of voters.</param>
    /// <param name="wrap">Makes of a node's journal the state machine that the node runs; the journal itself by default.</param>
    /// <param name="configure">Changes a node's options.</param>
    public NodeCluster(int size, Func<JournalMachine, IStateMachine>? wrap = null, Func<RaftNodeOptions, RaftNodeOptions>? configure = null)
    {
        _wrap = wrap ?? (static journal => journal);
        _configure = configure ?? (static options => options);
        Ids = [.. Enumerable.Range(1, size).Select(id => new NodeId((ulong)id))];
        _configuration = new ClusterConfiguration(Ids);
        foreach (NodeId id in Ids)
        {
            Storages[id] = new HangingStorage(new MemoryStorage());
            Start(id);
        }
    }

    public NodeId[] Ids { get; }

    public InMemoryNetwork Network { get; } = new();

    public Dictionary<NodeId, HangingStorage> Storages { get; } = [];

    public Dictionary<NodeId, JournalMachine> Machines { get; } = [];

    public IEnumerable<RaftNode> Nodes => _running.Values.Select(running => running.Node);

    public RaftNode this[NodeId id] => _running[id].Node;

    public static byte[] Command(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Starts a node that knows of no cluster.</summary>
    public void Join(NodeId id)
    {
        Storages[id] = new HangingStorage(new MemoryStorage());
        Start(id, configuration: ClusterConfiguration.Empty);
    }

    public void Start(NodeId id, JournalMachine? machine = null, ClusterConfiguration? configuration = null)
    {
        Machines[id] = machine ?? new JournalMachine();
        IRaftTransport transport = Network.CreateTransport(id);
        var options = new RaftNodeOptions { Id = id, Configuration = configuration ?? _configuration, TickInterval = TimeSpan.FromMilliseconds(20) };
        var node = new RaftNode(_configure(options), Storages[id], transport, _wrap(Machines[id]));
        _running[id] = (node, transport);
        node.Start();
    }

    public async Task StopAsync(NodeId id)
    {
        (RaftNode node, IRaftTransport transport) = _running[id];
        _running.Remove(id);
        await node.DisposeAsync();
        await transport.DisposeAsync();
    }

    /// <summary>Waits for the leader that a majority follows.</summary>
    public async Task<RaftNode> LeaderAsync()
    {
        RaftNode? leader = null;
        await Eventually.Holds(() => (leader = AgreedLeader()) is not null, "a majority follows one leader");
        return leader!;
    }

    /// <summary>Proposes until a leader takes it; the command may then stand in the log more than once.</summary>
    public async Task ProposeAsync(string command)
    {
        while (true)
        {
            try
            {
                await (await LeaderAsync()).ProposeAsync(Command(command)).AsTask().WaitAsync(Eventually.Limit);
                return;
            }
            catch (Exception error) when (error is NotLeaderException or OutcomeUnknownException)
            {
                TestContext.Out.WriteLine($"{command}: {error.Message}");
            }
        }
    }

    public Task AllHaveApplied(string command)
        => Eventually.Holds(() => _running.Keys.All(id => Machines[id].Commands.Contains(command)), $"every node applied {command}");

    public async ValueTask DisposeAsync()
    {
        foreach (NodeId id in _running.Keys.ToArray())
        {
            await StopAsync(id);
        }
    }

    private RaftNode? AgreedLeader()
    {
        RaftStatus[] views = [.. Nodes.Select(node => node.Status)];
        return Nodes.FirstOrDefault(node => node.Status is { Role: Role.Leader } status
            && views.Count(view => view.Leader == node.Id && view.Term == status.Term) > Ids.Length / 2);
    }
}
