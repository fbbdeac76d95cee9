namespace Raft.Core.Replication;

/// <summary>The append messages under way to one follower: a bounded ring of their last indexes and sizes.</summary>
internal sealed class Inflights(int maxMessages, long maxBytes)
{
    private (ulong LastIndex, long Bytes)[] _ring = new (ulong, long)[Math.Min(maxMessages, 16)];
    private int _start;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>True when no further message with entries may be sent before one is acknowledged.</summary>
    public bool IsFull => Count == maxMessages || Bytes >= maxBytes;

    public void Add(ulong lastIndex, long bytes)
    {
        RaftInvariantException.Require(!IsFull, "no more messages are under way than allowed");
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) % _ring.Length] = (lastIndex, bytes);
        Count++;
        Bytes += bytes;
    }

    /// <summary>Every message whose last entry is at or below <paramref name="index"/> has arrived.</summary>
    public void FreeUpTo(ulong index)
    {
        while (Count > 0 && _ring[_start].LastIndex <= index)
        {
            Bytes -= _ring[_start].Bytes;
            _start = (_start + 1) % _ring.Length;
            Count--;
        }
    }

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
        _start = 0;
    }

    private void Grow()
    {
        var larger = new (ulong, long)[Math.Min(_ring.Length * 2, maxMessages)];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_start + i) % _ring.Length];
        }

        _ring = larger;
        _start = 0;
    }
}
