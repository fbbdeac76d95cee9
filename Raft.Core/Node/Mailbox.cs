using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Raft.Core.Node;

/// <summary>
/// What waits for a node's loop, in the order in which it came. Calls (proposals, reads, transfers) and what comes from peers are bounded apart, so that a
/// flood of the one never drowns the other; the commands of proposals are bounded in bytes as well. What does not fit is refused at once. Ticks, durable
/// writes and applied entries are counters, so they are never lost and cost no space. Many writers, one reader.
/// </summary>
/// <param name="capacity">Most calls, and most inputs of peers, that may wait.</param>
/// <param name="maxCommandBytes">Most bytes that the commands among the calls may have together.</param>
internal sealed class Mailbox(int capacity, long maxCommandBytes)
{
    private readonly Channel<NodeInput> _inputs = Channel.CreateUnbounded<NodeInput>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentQueue<Action> _notices = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _calls;
    private int _fromPeers;
    private long _commandBytes;
    private long _refused;
    private int _ticks;
    private ulong _persisted;

    /// <summary>Highest write sequence that the storage reported durable.</summary>
    public ulong Persisted => Volatile.Read(ref _persisted);

    /// <summary>How many inputs wait.</summary>
    public int Length => Volatile.Read(ref _calls) + Volatile.Read(ref _fromPeers);

    /// <summary>Bytes of the commands that wait.</summary>
    public long CommandBytes => Interlocked.Read(ref _commandBytes);

    /// <summary>How many inputs found no room.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public bool TryPost(in NodeInput input)
    {
        if (!TryReserve(input))
        {
            Interlocked.Increment(ref _refused);
            return false;
        }

        if (!_inputs.Writer.TryWrite(input))
        {
            Release(input);
            return false;
        }

        Wake();
        return true;
    }

    public bool TryTake(out NodeInput input)
    {
        bool taken = _inputs.Reader.TryRead(out input);
        if (taken)
        {
            Release(input);
        }

        return taken;
    }

    /// <summary>Something that the loop shall do. For what the node's own parts report: never refused, and bounded by what the loop gave them to do.</summary>
    public void PostNotice(Action notice)
    {
        _notices.Enqueue(notice);
        Wake();
    }

    public bool TryTakeNotice([NotNullWhen(true)] out Action? notice) => _notices.TryDequeue(out notice);

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

    private bool TryReserve(in NodeInput input)
    {
        bool fits = Interlocked.Increment(ref CounterOf(input)) <= capacity;
        if (!input.Command.IsEmpty)
        {
            fits &= Interlocked.Add(ref _commandBytes, input.Command.Length) <= maxCommandBytes;
        }

        if (!fits)
        {
            Release(input);
        }

        return fits;
    }

    private void Release(in NodeInput input)
    {
        Interlocked.Decrement(ref CounterOf(input));
        if (!input.Command.IsEmpty)
        {
            Interlocked.Add(ref _commandBytes, -input.Command.Length);
        }
    }

    private ref int CounterOf(in NodeInput input) => ref input.IsFromPeer ? ref _fromPeers : ref _calls;
}
