using BenchmarkDotNet.Attributes;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Benchmarks.Consensus;

/// <summary>
/// What the core alone costs: three nodes in one thread, with a network and disks that take no time. One operation is one command from its
/// proposal to its commit on all three.
/// </summary>
[MemoryDiagnoser]
public class CoreReplication
{
    private const int Batch = 64;
    private const int CommandBytes = 16;

    private readonly Queue<Message> _network = new();
    private readonly byte[] _command = new byte[CommandBytes];
    private InMemoryNode[] _nodes = [];

    /// <summary>Elects the first node.</summary>
    [GlobalSetup]
    public void Elect()
    {
        var configuration = new ClusterConfiguration([new NodeId(1), new NodeId(2), new NodeId(3)]);
        _nodes = [.. configuration.Members.Select(id => new InMemoryNode(id, configuration))];
        _nodes[0].Core.Campaign();
        Settle();
        if (_nodes[0].Core.Role != Role.Leader)
        {
            throw new InvalidOperationException("Node 1 was not elected.");
        }
    }

    /// <summary>Proposes a batch of commands and carries messages until all nodes have committed it.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong CommitBatchOf64()
    {
        RaftCore leader = _nodes[0].Core;
        for (int i = 0; i < Batch; i++)
        {
            leader.Propose(_command, forward: false, out _);
        }

        Settle();
        foreach (InMemoryNode node in _nodes)
        {
            node.Release();
        }

        ulong committed = leader.CommitIndex;
        return committed == leader.LastLogId.Index && _nodes[2].Core.CommitIndex == committed
            ? committed
            : throw new InvalidOperationException("The batch is not committed everywhere.");
    }

    private void Settle()
    {
        foreach (InMemoryNode node in _nodes)
        {
            node.Drain(_network);
        }

        while (_network.TryDequeue(out Message message))
        {
            InMemoryNode receiver = _nodes[(int)message.To.Value - 1];
            receiver.Core.Step(message);
            receiver.Drain(_network);
        }
    }
}
