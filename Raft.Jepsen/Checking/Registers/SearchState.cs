namespace Raft.Jepsen.Checking.Registers;

/// <summary>Where the search stands: which operations have a place in the order, and what the register holds behind them.</summary>
internal sealed class SearchState
{
    private readonly List<RegisterOperation> _required;
    private readonly List<UnknownGroup> _groups;
    private readonly UnknownUse _use;
    private readonly ulong[] _taken;
    private readonly int[] _needed;
    private readonly int[] _producers;
    private readonly bool[] _everNeeded;

    public SearchState(RegisterHistory history)
    {
        _required = [.. history.Operations.Where(operation => operation.IsRequired)];
        _groups = GroupsOf(history);
        _use = new UnknownUse(_groups);
        _taken = new ulong[(_required.Count + 63) / 64];
        (_needed, _producers, _everNeeded) = (new int[history.Values], new int[history.Values], new bool[history.Values]);
        GroupsLeaving = new List<int>?[history.Values];
        Pending = new PendingList(_required);
        CountRequired();
        CountGroups();
    }

    /// <summary>The required operations that have no place yet.</summary>
    public PendingList Pending { get; }

    /// <summary>What the register holds.</summary>
    public int Value { get; private set; } = RegisterOperation.Absent;

    /// <summary>
    /// The last operation is one that nobody knows of. It is worth its place only if the next one sees its value: without it, the rest would fit as well.
    /// </summary>
    public bool MustBeSeen { get; private set; }

    /// <summary>The groups that leave each value, by number.</summary>
    public List<int>?[] GroupsLeaving { get; }

    public int RequiredCount => _required.Count;

    /// <summary>The highest required operation that has a place; -1 for none.</summary>
    private int Highest { get; set; } = -1;

    public RegisterOperation Required(int operation) => _required[operation];

    public UnknownGroup Group(int group) => _groups[group];

    /// <summary>No operation at all needs this value, so it matters to nobody whether the register ever holds it.</summary>
    public bool IsSeenByNobody(int value) => !_everNeeded[value];

    /// <summary>Gives a required operation the next place. Returns what <see cref="UndoRequired"/> needs.</summary>
    public SearchMark TakeRequired(int number)
    {
        var mark = new SearchMark(Value, MustBeSeen, Highest);
        RegisterOperation operation = _required[number];
        Pending.Take(number);
        _taken[number >> 6] |= 1UL << (number & 63);
        Highest = Math.Max(Highest, number);
        MustBeSeen = false;
        if (!operation.IsBlind)
        {
            _needed[operation.Needs]--;
        }

        if (!operation.IsRead)
        {
            _producers[operation.Leaves]--;
            Value = operation.Leaves;
        }

        return mark;
    }

    public void UndoRequired(int number, in SearchMark mark)
    {
        RegisterOperation operation = _required[number];
        Pending.PutBack(number);
        _taken[number >> 6] &= ~(1UL << (number & 63));
        if (!operation.IsBlind)
        {
            _needed[operation.Needs]++;
        }

        if (!operation.IsRead)
        {
            _producers[operation.Leaves]++;
        }

        Restore(mark);
    }

    /// <summary>Gives one of a group of unknown operations the next place. Returns what <see cref="UndoUnknown"/> needs.</summary>
    public SearchMark TakeUnknown(int number)
    {
        var mark = new SearchMark(Value, MustBeSeen, Highest);
        UnknownGroup group = _groups[number];
        group.Used++;
        _use.Add(number);
        _producers[group.Leaves]--;
        (Value, MustBeSeen) = (group.Leaves, true);
        return mark;
    }

    public void UndoUnknown(int number, in SearchMark mark)
    {
        UnknownGroup group = _groups[number];
        group.Used--;
        _use.Remove(number);
        _producers[group.Leaves]++;
        Restore(mark);
    }

    /// <summary>The register left a value that a required operation still needs, and nothing can bring it back.</summary>
    public bool IsLost(int value) => value != Value && _needed[value] > 0 && _producers[value] == 0;

    /// <summary>
    /// All of the state, for comparison: the value, the used of each group, and the taken operations from the first one on that is not. Equal states have
    /// equal futures.
    /// </summary>
    public ulong[] Key()
    {
        int first = Pending.IsEmpty ? 0 : Pending.First >> 6;
        int words = Math.Max(0, (Highest >> 6) - first + 1);
        var key = new ulong[1 + _use.Words.Length + words];
        key[0] = ((ulong)(uint)Value << 32) | ((ulong)(uint)first << 1) | (MustBeSeen ? 1UL : 0);
        _use.Words.CopyTo(key, 1);
        Array.Copy(_taken, first, key, 1 + _use.Words.Length, words);
        return key;
    }

    private void Restore(in SearchMark mark) => (Value, MustBeSeen, Highest) = (mark.Value, mark.MustBeSeen, mark.Highest);

    private void CountRequired()
    {
        foreach (RegisterOperation operation in _required)
        {
            if (!operation.IsBlind)
            {
                _everNeeded[operation.Needs] = true;
                _needed[operation.Needs]++;
            }

            if (!operation.IsRead)
            {
                _producers[operation.Leaves]++;
            }
        }
    }

    private void CountGroups()
    {
        for (int i = 0; i < _groups.Count; i++)
        {
            UnknownGroup group = _groups[i];
            (GroupsLeaving[group.Leaves] ??= []).Add(i);
            _producers[group.Leaves] += group.Size;
            if (group.Needs != RegisterOperation.None)
            {
                _everNeeded[group.Needs] = true;
            }
        }
    }

    /// <summary>
    /// The unknown operations whose value somebody needs. Nothing tells whether any other happened: what follows it in an order does not see it, and fits
    /// without it too.
    /// </summary>
    private static List<UnknownGroup> GroupsOf(RegisterHistory history)
    {
        bool[] needed = UsefulValues(history);
        var groups = new Dictionary<(int Needs, int Leaves), UnknownGroup>();
        foreach (RegisterOperation operation in history.Operations.Where(operation => !operation.IsRequired && needed[operation.Leaves]))
        {
            if (!groups.TryGetValue((operation.Needs, operation.Leaves), out UnknownGroup? group))
            {
                groups.Add((operation.Needs, operation.Leaves), group = new UnknownGroup(operation.Needs, operation.Leaves));
            }

            group.Add(operation.Call);
        }

        return [.. groups.Values];
    }

    /// <summary>What required operations need, and what unknown ones need that leave such a value.</summary>
    private static bool[] UsefulValues(RegisterHistory history)
    {
        bool[] useful = new bool[history.Values];
        var open = new Stack<int>();
        foreach (RegisterOperation operation in history.Operations.Where(operation => operation.IsRequired && !operation.IsBlind))
        {
            open.Push(operation.Needs);
        }

        while (open.TryPop(out int value))
        {
            if (useful[value])
            {
                continue;
            }

            useful[value] = true;
            foreach (RegisterOperation producer in history.ProducersOf(value).Select(place => history.Operations[place]))
            {
                if (!producer.IsRequired && !producer.IsBlind)
                {
                    open.Push(producer.Needs);
                }
            }
        }

        return useful;
    }
}
