using Raft.Core.Storage;

namespace Raft.Core.Log;

/// <summary>
/// A node's log as the core sees it: which entries there are, which of them are durable, and which are committed. Older entries are read
/// from the storage, the newest are kept in memory.
/// </summary>
internal sealed class RaftLog
{
    private readonly IRaftLogReader _reader;
    private readonly TermHistory _terms;
    private readonly EntryWindow _window;
    private readonly Queue<PendingWrite> _pending = new();
    private readonly List<Entry> _readBuffer = [];
    private readonly RecycleBin<List<ReadOnlyMemory<Entry>>> _sliceLists = new(capacity: 16);
    private ulong _unwritten;
    private ulong _durableLast;
    private ulong? _resetBehind;
    private LogId? _unwrittenBase;

    public RaftLog(RecoveredState recovered, IRaftLogReader reader)
    {
        _reader = reader;
        _terms = new TermHistory(recovered.Base, recovered.LastIndex, recovered.TermRuns);
        _window = new EntryWindow(recovered.LastIndex + 1);
        _unwritten = recovered.LastIndex + 1;
        _durableLast = recovered.LastIndex;
        StableIndex = recovered.LastIndex;
        Snapshot = recovered.Snapshot;
        CommitIndex = Math.Max(recovered.HardState.Commit, Math.Max(recovered.Base.Index, recovered.Snapshot?.Id.Index ?? 0));
        RaftInvariantException.Require(CommitIndex <= LastIndex, "no more is committed than the log holds");
    }

    /// <summary>The entry before the first one kept.</summary>
    public LogId Base => _terms.Base;

    /// <summary>The newest snapshot of the state machine.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    public ulong LastIndex => _terms.LastIndex;

    public LogId LastId => _terms.LastId;

    public ulong CommitIndex { get; private set; }

    /// <summary>Every entry up to here is durable on this node.</summary>
    public ulong StableIndex { get; private set; }

    /// <summary>True when something waits to be handed to the storage.</summary>
    public bool HasUnwritten => _unwritten <= LastIndex || HasUnwrittenSnapshot;

    /// <summary>True when the storage has not been told of the newest snapshot yet.</summary>
    public bool HasUnwrittenSnapshot { get; private set; }

    public ulong? TermAt(ulong index) => _terms.TermAt(index);

    public bool Matches(LogId id) => _terms.TermAt(id.Index) == id.Term;

    /// <inheritdoc cref="TermHistory.LastAtOrBelow"/>
    public LogId LastAtOrBelow(ulong index, ulong term) => _terms.LastAtOrBelow(index, term);

    public void Append(in Entry entry)
    {
        _terms.Append(entry.Id);
        _window.Append(entry);
    }

    /// <summary>
    /// Takes a leader's entries, whose predecessor matches. Removes what conflicts with them, and nothing else (Raft paper, Figure 2,
    /// AppendEntries, steps 3 and 4). Returns how many of them were there already.
    /// </summary>
    public int Merge(ReadOnlySpan<Entry> entries)
    {
        int known = 0;
        while (known < entries.Length && Matches(entries[known].Id))
        {
            known++;
        }

        ReadOnlySpan<Entry> added = entries[known..];
        if (!added.IsEmpty && added[0].Index <= LastIndex)
        {
            TruncateFrom(added[0].Index);
        }

        foreach (ref readonly Entry entry in added)
        {
            Append(entry);
        }

        return known;
    }

    /// <summary>Number of the Ready that is being filled, or was filled last.</summary>
    public ulong HandedOut
    {
        get => _window.HandedOut;
        set => _window.HandedOut = value;
    }

    /// <inheritdoc cref="EntryWindow.Release"/>
    public void Release(ulong number)
    {
        _window.Release(number);
        _sliceLists.Release(number);
    }

    public bool CommitTo(ulong index)
    {
        RaftInvariantException.Require(index <= LastIndex, "only entries of the log are committed");
        if (index <= CommitIndex)
        {
            return false;
        }

        CommitIndex = index;
        return true;
    }

    /// <summary>
    /// A snapshot of what is applied here is durable: entries up to <paramref name="index"/>, which lies no further than the snapshot, are given up.
    /// </summary>
    public void Compact(SnapshotMetadata snapshot, ulong index)
    {
        RaftInvariantException.Require(index <= snapshot.Id.Index && Matches(snapshot.Id), "only what a snapshot covers is compacted");
        RaftInvariantException.Require(snapshot.Id.Index <= Math.Min(CommitIndex, StableIndex), "only what is committed is in a snapshot");
        Snapshot = snapshot;
        HasUnwrittenSnapshot = true;
        if (index > Base.Index)
        {
            _terms.CompactTo(index);
            _window.Compact(index);
            _unwrittenBase = Base;
        }
    }

    /// <summary>A leader's snapshot takes the place of the whole log, which lacks the snapshot's last entry (Raft paper, Figure 13, steps 7 and 8).</summary>
    public void Install(SnapshotMetadata snapshot)
    {
        RaftInvariantException.Require(snapshot.Id.Index > CommitIndex, "a snapshot replaces no committed entry");
        _resetBehind = Math.Min(_resetBehind ?? CommitIndex, CommitIndex);
        StableIndex = Math.Min(StableIndex, CommitIndex);
        _terms.Reset(snapshot.Id);
        _window.Reset(snapshot.Id.Index + 1);
        _unwritten = snapshot.Id.Index + 1;
        Snapshot = snapshot;
        HasUnwrittenSnapshot = true;
        _unwrittenBase = Base;
        CommitIndex = snapshot.Id.Index;
    }

    /// <summary>
    /// Entries for a message, from <paramref name="from"/> on: at least one, no more than fit <paramref name="maxBytes"/>, unless the first alone is larger.
    /// </summary>
    public ReadOnlyMemory<Entry> Slice(ulong from, ulong to, long maxBytes, out long bytes)
    {
        if (from >= _window.FirstIndex)
        {
            return _window.Slice(from, to, maxBytes, out bytes);
        }

        _readBuffer.Clear();
        _reader.Read(from, Math.Min(to, _window.FirstIndex - 1), maxBytes, _readBuffer);
        Entry[] read = [.. _readBuffer];
        bytes = read.Sum(entry => (long)entry.Size);
        return read;
    }

    /// <summary>
    /// Sum of <see cref="Entry.Size"/> over the commands among entries that are still in memory, which uncommitted ones always are while their leader leads.
    /// </summary>
    public long CommandBytes(ulong from, ulong to)
    {
        long size = 0;
        for (ulong next = from; next <= to;)
        {
            ReadOnlySpan<Entry> slice = _window.Slice(next, to, long.MaxValue, out _).Span;
            foreach (ref readonly Entry entry in slice)
            {
                size += entry.Type == EntryType.Command ? entry.Size : 0;
            }

            next += (ulong)slice.Length;
        }

        return size;
    }

    /// <summary>What the storage has not been given yet, as write <paramref name="sequence"/>.</summary>
    public StorageWrite TakeUnwritten(ulong sequence, HardState state)
    {
        List<ReadOnlyMemory<Entry>> slices = _sliceLists.Take() ?? new List<ReadOnlyMemory<Entry>>(1);
        slices.Clear();
        for (ulong next = _unwritten; next <= LastIndex;)
        {
            ReadOnlyMemory<Entry> slice = _window.Slice(next, LastIndex, long.MaxValue, out _);
            slices.Add(slice);
            next += (ulong)slice.Length;
        }

        _sliceLists.Retire(slices, HandedOut);
        _pending.Enqueue(new PendingWrite(sequence, FirstUnwritten, LastIndex));
        var write = new StorageWrite(sequence, state, slices) { Snapshot = HasUnwrittenSnapshot ? Snapshot : null, Base = _unwrittenBase };
        _unwritten = LastIndex + 1;
        _resetBehind = null;
        _unwrittenBase = null;
        HasUnwrittenSnapshot = false;
        return write;
    }

    /// <summary>
    /// Every write up to <paramref name="sequence"/> is durable. An entry is stable only when no later write, still on its way, replaces it: an
    /// acknowledgement for what stood at an index before says nothing about what stands there now.
    /// </summary>
    public void OnPersisted(ulong sequence)
    {
        while (_pending.TryPeek(out PendingWrite write) && write.Sequence <= sequence)
        {
            _pending.Dequeue();
            _durableLast = write.First <= write.Last ? write.Last : _durableLast;
        }

        ulong stable = Math.Min(_durableLast, FirstUnwritten - 1);
        foreach (PendingWrite later in _pending)
        {
            stable = Math.Min(stable, later.First - 1);
        }

        StableIndex = stable;
    }

    /// <summary>Gives up memory that old entries hold, keeping about <paramref name="keepBytes"/> of them for followers that lag a little.</summary>
    public void Evict(long keepBytes) => _window.Evict(Math.Min(StableIndex, CommitIndex), keepBytes);

    /// <summary>Index of the oldest entry that is in memory.</summary>
    public ulong CachedFrom => _window.FirstIndex;

    /// <summary>Lowest index at which the log differs from what the storage was given. A replaced log is another one behind the commit index of that time.</summary>
    private ulong FirstUnwritten => _resetBehind + 1 ?? _unwritten;

    private void TruncateFrom(ulong index)
    {
        RaftInvariantException.Require(index > CommitIndex, "committed entries are never truncated");
        _terms.TruncateFrom(index);
        _window.TruncateFrom(index);
        _unwritten = Math.Min(_unwritten, index);
        StableIndex = Math.Min(StableIndex, index - 1);
    }

    private readonly record struct PendingWrite(ulong Sequence, ulong First, ulong Last);
}
