using BenchmarkDotNet.Attributes;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Transport;

namespace NexaLoak.Benchmarks.Consensus;

/// <summary>
/// What a node adds to the core: a cluster of one on a disk that takes no time. One operation is one command from <see cref="IRaft.ProposeAsync"/> to the
/// end of its wait.
/// </summary>
[MemoryDiagnoser]
public class NodeProposal : IAsyncDisposable
{
    private const int Callers = 128;
    private const int Batch = 8192;
    private const int CommandBytes = 16;

    private readonly byte[] _command = new byte[CommandBytes];
    private readonly Task[] _callers = new Task[Callers];
    private RaftNode? _node;

    /// <summary>Starts the node and waits until it leads.</summary>
    [GlobalSetup]
    public void Start()
    {
        var id = new NodeId(1);
        var options = new RaftNodeOptions { Id = id, Configuration = new ClusterConfiguration([id]), TickInterval = TimeSpan.FromMilliseconds(10) };
        _node = new RaftNode(options, new ForgetfulStorage(), new InMemoryNetwork().CreateTransport(id), new NoReplyMachine());
        _node.Start();
        if (!SpinWait.SpinUntil(() => _node.Status.Role == Role.Leader, TimeSpan.FromSeconds(10)))
        {
            throw new InvalidOperationException("The node was not elected.");
        }
    }

    /// <summary>Stops the node.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>One caller that waits for each command before the next.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task OneAtATime()
    {
        for (int i = 0; i < Batch; i++)
        {
            await _node!.ProposeAsync(_command);
        }
    }

    /// <summary>Callers that each wait for one command at a time, all beside each other.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task ManyAtATime()
    {
        for (int i = 0; i < Callers; i++)
        {
            _callers[i] = ProposeShareAsync();
        }

        await Task.WhenAll(_callers);
    }

    private async Task ProposeShareAsync()
    {
        for (int i = 0; i < Batch / Callers; i++)
        {
            await _node!.ProposeAsync(_command);
        }
    }
}
