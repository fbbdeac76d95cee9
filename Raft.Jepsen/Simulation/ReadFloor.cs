namespace Raft.Jepsen.Simulation;

/// <summary>The highest index that was acknowledged or read by anybody, now and a while ago: what a read must see at least.</summary>
/// <param name="remembers">Whether anybody asks for earlier times.</param>
internal sealed class ReadFloor(bool remembers)
{
    private readonly Queue<(long At, ulong Index)> _raised = new();
    private ulong _then;

    public ulong Now { get; private set; }

    public void Raise(long now, ulong index)
    {
        if (index <= Now)
        {
            return;
        }

        Now = index;
        if (remembers)
        {
            _raised.Enqueue((now, index));
        }
    }

    /// <summary>What it was at a time, that one included. Who asks goes forward in time.</summary>
    public ulong At(long time)
    {
        while (_raised.TryPeek(out (long At, ulong Index) next) && next.At <= time)
        {
            _then = _raised.Dequeue().Index;
        }

        return _then;
    }
}
