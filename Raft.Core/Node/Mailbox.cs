using System.Threading.Channels;

namespace Raft.Core.Node;

/// <summary>
/// What waits for a node's loop. Messages, proposals and reads are bounded and refused when it is full; ticks, durable writes and applied entries are
/// counters, so they are never lost and cost no space. Many writers, one reader.
/// </summary>
internal sealed class Mailbox(int capacity)
{
    private readonly Channel<NodeInput> _inputs = Channel.CreateBounded<NodeInput>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _ticks;
    private ulong _persisted;

    /// <summary>Highest write sequence that the storage reported durable.</summary>
    public ulong Persisted => Volatile.Read(ref _persisted);

    public bool TryPost(in NodeInput input)
    {
        if (!_inputs.Writer.TryWrite(input))
        {
            return false;
        }

        Wake();
        return true;
    }

    public bool TryTake(out NodeInput input) => _inputs.Reader.TryRead(out input);

    public void PostTick()
    {
        Interlocked.Increment(ref _ticks);
        Wake();
    }

    public int TakeTicks() => Interlocked.Exchange(ref _ticks, 0);

    public void PostPersisted(ulong sequence)
    {
        Volatile.Write(ref _persisted, sequence);
        Wake();
    }

    /// <summary>Makes the loop look again.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _wake.Reader.ReadAsync(cancellationToken);

    /// <summary>Refuses everything from now on; what is inside can still be taken.</summary>
    public void Close() => _inputs.Writer.TryComplete();
}
