using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Benchmarks.Consensus;

/// <summary>A core whose writes are durable the moment they are made.</summary>
internal sealed class InMemoryNode : IRaftLogReader
{
    private readonly Ready _ready = new();

    public InMemoryNode(NodeId id, ClusterConfiguration configuration)
        => Core = new RaftCore(id, configuration, new RaftOptions(), RecoveredState.Empty, this, seed: id.Value);

    public RaftCore Core { get; }

    /// <summary>Makes the core's write durable and puts its messages into the network, until it asks for nothing more.</summary>
    public void Drain(Queue<Message> network)
    {
        while (Core.TakeReady(_ready))
        {
            for (int i = 0; i < _ready.Messages.Count; i++)
            {
                network.Enqueue(_ready.Messages[i].Message);
            }

            if (_ready.Write is { } write)
            {
                Core.OnPersisted(write.Sequence);
            }
        }
    }

    /// <summary>Everything drained so far has arrived and is used no more.</summary>
    public void Release() => Core.Release(_ready.Number);

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
        => throw new NotSupportedException("Nobody falls behind what is in memory.");
}
