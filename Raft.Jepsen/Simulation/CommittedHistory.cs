namespace Raft.Jepsen.Simulation;

/// <summary>Every entry that any leader has committed, as the observer outside of the cluster knows it.</summary>
internal sealed class CommittedHistory
{
    private readonly List<Slot> _slots = [];

    /// <summary>What was written, committed or not.</summary>
    public WrittenChains Chains { get; } = new();

    /// <summary>The highest index that is committed.</summary>
    public ulong LastIndex => (ulong)_slots.Count;

    /// <summary>The entry at an index that is committed.</summary>
    public LogSlot this[ulong index] => _slots[(int)index - 1].Log;

    public ulong ChainAt(ulong index) => index == 0 ? 0 : _slots[(int)index - 1].Log.Chain;

    /// <summary>Term of the leader that committed the entry first.</summary>
    public ulong CommittedIn(ulong index) => _slots[(int)index - 1].Term;

    /// <summary>An entry is committed by the leader of a term.</summary>
    public void Add(in LogSlot log, ulong term) => _slots.Add(new Slot(log, term, null));

    /// <summary>The state after an entry, as the first node to apply it had it.</summary>
    public ulong StateAt(ulong index, ulong ifFirst)
    {
        Slot slot = _slots[(int)index - 1];
        if (slot.State is { } state)
        {
            return state;
        }

        _slots[(int)index - 1] = slot with { State = ifFirst };
        return ifFirst;
    }

    private readonly record struct Slot(LogSlot Log, ulong Term, ulong? State);
}
