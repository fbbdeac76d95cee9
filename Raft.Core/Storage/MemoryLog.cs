using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>The entries of a <see cref="MemoryStorage"/> after a base. Not thread-safe.</summary>
internal sealed class MemoryLog
{
    private readonly List<Entry> _entries = [];

    /// <summary>The entry before the first one kept.</summary>
    public LogId Base { get; private set; }

    /// <summary>Index of the last entry; that of <see cref="Base"/> when there is none.</summary>
    public ulong LastIndex => Base.Index + (ulong)_entries.Count;

    /// <summary>The terms of the entries.</summary>
    public List<TermRun> TermRuns()
    {
        var runs = new List<TermRun>();
        foreach (Entry entry in _entries)
        {
            if (runs.Count == 0 || runs[^1].Term != entry.Term)
            {
                runs.Add(new TermRun(entry.Index, entry.Term));
            }
        }

        return runs;
    }

    /// <summary>The entries that are configurations.</summary>
    public List<Entry> Configurations() => _entries.FindAll(entry => entry.Type == EntryType.Configuration);

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void CopyFrom(MemoryLog other)
    {
        Base = other.Base;
        _entries.Clear();
        _entries.AddRange(other._entries);
    }

    /// <summary>Throws unless <see cref="Apply"/> can take the write.</summary>
    /// <exception cref="ArgumentException">It would leave a gap, or terms or the base fall.</exception>
    public void Validate(in StorageWrite write)
    {
        LogId newBase = write.Base ?? Base;
        if (newBase != Base && newBase.Index <= Base.Index)
        {
            throw new ArgumentException($"Write {write.Sequence} can't move the log's base from {Base} to {newBase}.");
        }

        ulong last = Holds(newBase) ? LastIndex : newBase.Index;
        LogId? previous = null;
        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (Entry entry in slice.Span)
            {
                previous ??= Before(entry, newBase, last);
                if (entry.Index != previous.Value.Index + 1 || entry.Term < Math.Max(previous.Value.Term, 1))
                {
                    throw new ArgumentException($"Write {write.Sequence} can't append entry {entry.Id}: the entry before it is {previous}.");
                }

                previous = entry.Id;
            }
        }
    }

    /// <summary>Moves the base, then appends the entries, as a write says that was found valid.</summary>
    public void Apply(in StorageWrite write)
    {
        if (write.Base is LogId newBase)
        {
            _entries.RemoveRange(0, Holds(newBase) ? (int)(newBase.Index - Base.Index) : _entries.Count);
            Base = newBase;
        }

        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (Entry entry in slice.Span)
            {
                int position = PositionOf(entry.Index);
                _entries.RemoveRange(position, _entries.Count - position);
                _entries.Add(entry);
            }
        }
    }

    /// <summary>As <see cref="IRaftLogReader.Read"/>.</summary>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        if (from <= Base.Index || from > to || to > LastIndex)
        {
            throw new ArgumentOutOfRangeException(
                nameof(from), $"Entries {from} to {to} are not in the log, which holds {Base.Index + 1} to {LastIndex}.");
        }

        long bytes = 0;
        for (ulong index = from; index <= to; index++)
        {
            Entry entry = _entries[PositionOf(index)];
            bytes += entry.Size;
            if (index > from && bytes > maxBytes)
            {
                return;
            }

            into.Add(entry);
        }
    }

    /// <summary>The entry that the first one of a write would follow.</summary>
    private LogId Before(in Entry first, LogId newBase, ulong last)
    {
        if (first.Index <= newBase.Index || first.Index > last + 1)
        {
            throw new ArgumentException($"Entry {first.Id} can't be appended: the log holds {newBase.Index + 1} to {last}.");
        }

        return first.Index == newBase.Index + 1 ? newBase : _entries[PositionOf(first.Index - 1)].Id;
    }

    private bool Holds(LogId id) => id == Base || (id.Index > Base.Index && id.Index <= LastIndex && _entries[PositionOf(id.Index)].Id == id);

    private int PositionOf(ulong index) => (int)(index - Base.Index - 1);
}
