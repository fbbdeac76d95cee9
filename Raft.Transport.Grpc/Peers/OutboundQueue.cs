using System.Threading.Channels;
using Raft.Core.Consensus;

namespace Raft.Transport.Grpc.Peers;

/// <summary>Messages that wait for one peer, within bounds. One thread adds, one takes; neither waits for the other.</summary>
internal sealed class OutboundQueue(int maxMessages, long maxBytes)
{
    // What a message takes in memory beside its entries and its piece of a snapshot.
    private const int MessageOverhead = 128;

    private readonly Channel<Message> _channel = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private int _messages;
    private long _bytes;

    /// <summary>Messages that wait.</summary>
    public int Count => Volatile.Read(ref _messages);

    /// <summary>Memory that they hold, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Adds a message unless a bound is reached.</summary>
    public bool TryAdd(in Message message)
    {
        long cost = CostOf(message);
        if (Count >= maxMessages || (Bytes + cost > maxBytes && Count > 0))
        {
            return false;
        }

        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _bytes, cost);
        return _channel.Writer.TryWrite(message);
    }

    /// <summary>Completes when a message waits.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _channel.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Looks at the oldest message.</summary>
    public bool TryPeek(out Message message) => _channel.Reader.TryPeek(out message);

    /// <summary>Removes the oldest message.</summary>
    public bool TryTake(out Message message)
    {
        if (!_channel.Reader.TryRead(out message))
        {
            return false;
        }

        Interlocked.Decrement(ref _messages);
        Interlocked.Add(ref _bytes, -CostOf(message));
        return true;
    }

    /// <summary>Drops what waits.</summary>
    /// <returns>How many messages were dropped.</returns>
    public int Clear()
    {
        int dropped = 0;
        while (TryTake(out _))
        {
            dropped++;
        }

        return dropped;
    }

    private static long CostOf(in Message message) => message.EntriesSize + (message.Chunk?.Data.Length ?? 0) + MessageOverhead;
}
