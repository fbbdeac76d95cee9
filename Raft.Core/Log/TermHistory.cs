namespace Raft.Core.Log;

/// <summary>
/// The term of every entry of a log, kept as one run per term: a log of millions of entries has as many runs as it had leaders, so
/// prevLogTerm checks and conflict searches never touch the entries.
/// </summary>
internal sealed class TermHistory
{
    private readonly List<TermRun> _runs;
    public TermHistory(LogId @base, ulong lastIndex, IEnumerable<TermRun> runs)
    {
        Base = @base;
        _runs = [.. runs];
        LastIndex = lastIndex;
        CheckRuns();
    }

    /// <summary>The entry before the first one kept.</summary>
    public LogId Base { get; private set; }

    /// <summary>Index of the last entry, or that of the base when there is none.</summary>
    public ulong LastIndex { get; private set; }

    public LogId LastId => new(_runs.Count > 0 ? _runs[^1].Term : Base.Term, LastIndex);

    /// <summary>Term of the entry at <paramref name="index"/>; <c>null</c> when it is compacted away or does not exist.</summary>
    public ulong? TermAt(ulong index)
    {
        if (index < Base.Index || index > LastIndex)
        {
            return null;
        }

        return index == Base.Index ? Base.Term : _runs[RunOf(index)].Term;
    }

    public void Append(LogId id)
    {
        RaftInvariantException.Require(id.Index == LastIndex + 1, "an entry continues the log");
        RaftInvariantException.Require(id.Term >= LastId.Term, "terms never fall along the log");
        if (_runs.Count == 0 || id.Term > LastId.Term)
        {
            _runs.Add(new TermRun(id.Index, id.Term));
        }

        LastIndex = id.Index;
    }

    /// <summary>Forgets the entry at <paramref name="index"/> and all behind it.</summary>
    public void TruncateFrom(ulong index)
    {
        RaftInvariantException.Require(index > Base.Index && index <= LastIndex, "only existing entries are truncated");
        while (_runs.Count > 0 && _runs[^1].FirstIndex >= index)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }

        LastIndex = index - 1;
    }

    /// <summary>Makes the entry at <paramref name="index"/> the base: it and all before it are given up.</summary>
    public void CompactTo(ulong index)
    {
        RaftInvariantException.Require(index > Base.Index && index <= LastIndex, "only existing entries are compacted");
        int run = RunOf(index);
        Base = new LogId(_runs[run].Term, index);
        ulong end = run + 1 < _runs.Count ? _runs[run + 1].FirstIndex - 1 : LastIndex;
        if (end > index)
        {
            _runs[run] = _runs[run] with { FirstIndex = index + 1 };
            run--;
        }

        _runs.RemoveRange(0, run + 1);
    }

    /// <summary>Forgets everything: the log goes on behind <paramref name="base"/>.</summary>
    public void Reset(LogId @base)
    {
        _runs.Clear();
        Base = @base;
        LastIndex = @base.Index;
    }

    /// <summary>
    /// The last entry at or below <paramref name="index"/> whose term is at most <paramref name="term"/>: the highest position at which a log
    /// that has <paramref name="term"/> at <paramref name="index"/> can still agree with this one. Goes no lower than the base.
    /// </summary>
    public LogId LastAtOrBelow(ulong index, ulong term)
    {
        ulong position = Math.Min(index, LastIndex);
        for (int run = position > Base.Index ? RunOf(position) : -1; run >= 0; run--)
        {
            if (_runs[run].Term <= term)
            {
                return new LogId(_runs[run].Term, position);
            }

            position = _runs[run].FirstIndex - 1;
        }

        return Base;
    }

    private int RunOf(ulong index)
    {
        int low = 0;
        int high = _runs.Count - 1;
        if (high >= 0 && _runs[high].FirstIndex <= index)
        {
            return high;
        }

        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (_runs[middle].FirstIndex <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private void CheckRuns()
    {
        ulong index = Base.Index;
        ulong term = Base.Term;
        for (int i = 0; i < _runs.Count; i++)
        {
            bool ascends = i == 0 ? _runs[i].Term >= Math.Max(term, 1) : _runs[i].Term > term;
            bool ordered = ascends && _runs[i].FirstIndex > index && _runs[i].FirstIndex <= LastIndex;
            RaftInvariantException.Require(ordered && (i > 0 || _runs[i].FirstIndex == Base.Index + 1), "recovered terms ascend without a gap");
            index = _runs[i].FirstIndex;
            term = _runs[i].Term;
        }

        RaftInvariantException.Require(_runs.Count > 0 || LastIndex == Base.Index, "every recovered entry has a term");
    }
}
