using Raft.Core.Log;
using Raft.Core.Storage;

namespace Raft.Storage.Faster;

/// <summary>
/// Where each entry of the log is: on the disk at an address, or, from when it is taken until it is durable, in memory. Entries in memory always
/// follow those on the disk. The index shows the log as of the last write that was taken, which may be ahead of the disk. Thread-safe.
/// </summary>
internal sealed partial class EntryIndex(LogId recoveredBase)
{
    private readonly Lock _gate = new();
    private readonly List<long> _addresses = [];
    private readonly List<PendingEntry> _pending = [];
    private readonly List<TermRun> _runs = [];
    private LogId _base = recoveredBase;
    private long _durableUntil;

    /// <summary>The entry before the first one kept.</summary>
    public LogId Base
    {
        get
        {
            lock (_gate)
            {
                return _base;
            }
        }
    }

    /// <summary>Index of the last entry.</summary>
    public ulong LastIndex
    {
        get
        {
            lock (_gate)
            {
                return Last;
            }
        }
    }

    /// <summary>The terms of the entries as of now.</summary>
    public IReadOnlyList<TermRun> TermRuns
    {
        get
        {
            lock (_gate)
            {
                return [.. _runs];
            }
        }
    }

    private ulong DurableEnd => _base.Index + (ulong)_addresses.Count;

    private ulong Last => DurableEnd + (ulong)_pending.Count;

    /// <summary>Takes a write into the log, and returns what it does to the base.</summary>
    /// <exception cref="ArgumentException">Its entries would leave a gap, or their terms or the base fall. Nothing has changed then.</exception>
    public BaseMove? Append(in StorageWrite write)
    {
        lock (_gate)
        {
            BaseMove? move = write.Base is LogId to && to != _base ? PlanMove(write.Sequence, to) : null;
            Validate(write, move);
            if (move is BaseMove planned)
            {
                Move(planned);
            }

            for (int i = 0; i < write.Entries.Count; i++)
            {
                foreach (ref readonly Entry entry in write.Entries[i].Span)
                {
                    Truncate(entry.Index);
                    AddTerm(entry.Id);
                    _pending.Add(new PendingEntry(entry, write.Sequence));
                }
            }

            return move;
        }
    }

    /// <summary>
    /// Moves entries from memory to their places on the disk. One that a later write has replaced is left out: its address is of no use any more.
    /// </summary>
    /// <param name="written">The entries.</param>
    /// <param name="until">Where the log on the disk ends with them.</param>
    public void MarkDurable(List<WrittenEntry> written, long until)
    {
        lock (_gate)
        {
            _durableUntil = until;
            int moved = 0;
            foreach (WrittenEntry entry in written)
            {
                if (moved < _pending.Count && entry.Index == DurableEnd + 1 && _pending[moved].Sequence == entry.Sequence)
                {
                    _addresses.Add(entry.Address);
                    moved++;
                }
            }

            _pending.RemoveRange(0, moved);
        }
    }

    /// <summary>Names the places of the entries from <paramref name="from"/> on: at most to <paramref name="to"/>, and at least one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not in the log.</exception>
    public List<EntryLocation> Locate(ulong from, ulong to, int limit)
    {
        lock (_gate)
        {
            if (from <= _base.Index || from > to || to > Last)
            {
                throw new ArgumentOutOfRangeException(nameof(from), $"Entries {from} to {to} are not in the log, which holds {_base.Index + 1} to {Last}.");
            }

            int count = (int)Math.Min(to - from + 1, (ulong)limit);
            var locations = new List<EntryLocation>(count);
            int run = RunOf(from);
            for (ulong index = from; locations.Count < count; index++)
            {
                run = run + 1 < _runs.Count && _runs[run + 1].FirstIndex == index ? run + 1 : run;
                locations.Add(Locate(new LogId(_runs[run].Term, index)));
            }

            return locations;
        }
    }

    private EntryLocation Locate(LogId id) => id.Index <= DurableEnd
        ? new EntryLocation(id, _addresses[(int)(id.Index - _base.Index - 1)], default)
        : new EntryLocation(id, 0, _pending[(int)(id.Index - DurableEnd - 1)].Entry);

    private bool Holds(LogId id) => id == _base || (id.Index > _base.Index && id.Index <= Last && TermOf(id.Index) == id.Term);

    private void Validate(in StorageWrite write, in BaseMove? move)
    {
        LogId first = move?.To ?? _base;
        ulong last = move is { ClearsLog: true } ? first.Index : Last;
        LogId previous = default;
        for (int i = 0; i < write.Entries.Count; i++)
        {
            foreach (ref readonly Entry entry in write.Entries[i].Span)
            {
                if (previous == default)
                {
                    if (entry.Index <= first.Index || entry.Index > last + 1)
                    {
                        throw CanNotAppend(entry, write, $"the log holds {first.Index + 1} to {last}");
                    }

                    previous = entry.Index == first.Index + 1 ? first : new LogId(TermOf(entry.Index - 1), entry.Index - 1);
                }

                if (entry.Index != previous.Index + 1 || entry.Term < Math.Max(previous.Term, 1))
                {
                    throw CanNotAppend(entry, write, $"the entry before it is {previous}");
                }

                previous = entry.Id;
            }
        }
    }

    private static ArgumentException CanNotAppend(in Entry entry, in StorageWrite write, string because) =>
        new($"Write {write.Sequence} can't append entry {entry.Id}: {because}.");

    private ulong TermOf(ulong index) => index <= _base.Index ? _base.Term : _runs[RunOf(index)].Term;

    private int RunOf(ulong index)
    {
        int low = 0;
        int high = _runs.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _runs[middle].FirstIndex <= index ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private void AddTerm(LogId id)
    {
        if (_runs.Count == 0 || _runs[^1].Term != id.Term)
        {
            _runs.Add(new TermRun(id.Index, id.Term));
        }
    }

    /// <summary>Removes the entries from <paramref name="from"/> on.</summary>
    private void Truncate(ulong from)
    {
        if (from > Last)
        {
            return;
        }

        int durable = (int)Math.Min(from - _base.Index - 1, (ulong)_addresses.Count);
        int pending = (int)(from - _base.Index - 1) - durable;
        _addresses.RemoveRange(durable, _addresses.Count - durable);
        _pending.RemoveRange(pending, _pending.Count - pending);
        while (_runs.Count > 0 && _runs[^1].FirstIndex >= from)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }
    }

    private readonly record struct PendingEntry(Entry Entry, ulong Sequence);
}
