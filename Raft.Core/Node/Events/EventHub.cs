using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Raft.Core.Node.Events;

/// <summary>
/// Gives a node's events to whoever subscribes. Each subscriber has a bounded queue of its own that loses its oldest event when it is full, so that nobody
/// holds up the node. Thread-safe; events are published by one thread at a time.
/// </summary>
internal sealed class EventHub(int capacity)
{
    private readonly Lock _lock = new();
    private Channel<(ulong Number, RaftEvent Event)>[] _subscribers = [];
    private NodeStopped? _stopped;
    private ulong _published;

    public void Publish(RaftEvent what)
    {
        lock (_lock)
        {
            _published++;
            foreach (Channel<(ulong, RaftEvent)> subscriber in _subscribers)
            {
                subscriber.Writer.TryWrite((_published, what));
            }
        }
    }

    /// <summary>Tells the last event, now and to everyone who subscribes later.</summary>
    public void Complete(NodeStopped stopped)
    {
        lock (_lock)
        {
            if (_stopped is not null)
            {
                return;
            }

            Publish(stopped);
            _stopped = stopped;
            Array.ForEach(_subscribers, subscriber => subscriber.Writer.TryComplete());
        }
    }

    /// <summary>The events from the first call of <see cref="IAsyncEnumerator{T}.MoveNextAsync"/> on.</summary>
    public async IAsyncEnumerable<RaftEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Channel<(ulong Number, RaftEvent Event)> queue, ulong seen) = Subscribe();
        try
        {
            await foreach ((ulong number, RaftEvent what) in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (number > seen + 1)
                {
                    yield return new EventsLost(number - seen - 1);
                }

                seen = number;
                yield return what;
            }
        }
        finally
        {
            Unsubscribe(queue);
        }
    }

    private (Channel<(ulong Number, RaftEvent Event)> Queue, ulong Seen) Subscribe()
    {
        var queue = Channel.CreateBounded<(ulong, RaftEvent)>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
        {
            if (_stopped is null)
            {
                _subscribers = [.. _subscribers, queue];
                return (queue, _published);
            }

            queue.Writer.TryWrite((_published, _stopped));
            queue.Writer.TryComplete();
            return (queue, _published - 1);
        }
    }

    private void Unsubscribe(Channel<(ulong, RaftEvent)> queue)
    {
        lock (_lock)
        {
            _subscribers = [.. _subscribers.Where(subscriber => subscriber != queue)];
        }
    }
}
