using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Recovery;

/// <summary>
/// Reads the log from its first record to the last commit whose records all verify and link to each other. That commit is the recovered state; what
/// <see cref="TailInspector"/> makes of the bytes behind it decides whether recovery may go on.
/// </summary>
/// <remarks>
/// The marker knows the base as of its own commit, and the log begins in front of the first entry behind that base, with remains of what was given up: entries
/// at or below the base, ones that were replaced, and ones of commits before that which gave up the whole log. They are passed over up to the first entry
/// behind the base; from there on nothing can be missing, which is checked at the marker's commit. Behind that commit the log is taken at its word.
/// Where the log is damaged the scan ends, and what it has until then is all that can be read.
/// </remarks>
internal sealed class LogScanner
{
    private readonly SegmentFiles _files;
    private readonly Marker _marker;
    private readonly PageReader _pages;
    private readonly List<ScannedEntry> _uncommitted = [];
    private readonly Stack<EntryLocation> _configurations = [];
    private readonly List<StorageFinding> _damage = [];

    private long _address;
    private uint _link;

    private LogScanner(SegmentFiles files, Marker marker)
    {
        _files = files;
        _marker = marker;
        _pages = new PageReader(files);
        Checkpoint mark = marker.Checkpoint;
        Last = mark with { Until = mark.Begin.Address, Link = mark.Begin.Link, Commit = mark.Begin.Commit };
        Index = new EntryIndex(mark.Base);
        Starts = new PageStarts(marker.Geometry, mark.Begin);
        _address = mark.Begin.Address;
        _link = mark.Begin.Link;
    }

    /// <summary>State as of the last good commit.</summary>
    public Checkpoint Last { get; private set; }

    /// <summary>Where its entries are.</summary>
    public EntryIndex Index { get; }

    /// <summary>Where the log could begin.</summary>
    public PageStarts Starts { get; }

    /// <summary>Highest incarnation found.</summary>
    public uint Incarnation { get; private set; }

    /// <summary>Why the log can't be trusted. Empty when all of it verified and it reaches as far as the marker says.</summary>
    public IReadOnlyList<StorageFinding> Damage => _damage;

    private ulong NextIndex => _uncommitted.Count > 0 ? _uncommitted[^1].Id.Index + 1 : Index.LastIndex + 1;

    /// <summary>Scans the log that <paramref name="marker"/> describes.</summary>
    public static LogScanner Scan(SegmentFiles files, Marker marker)
    {
        var scanner = new LogScanner(files, marker);
        long until = scanner.FollowRecords();
        bool contradicts = scanner._damage.Count > 0;
        scanner.FindMissingFiles();
        if (!contradicts && scanner.Last.Commit < marker.Checkpoint.Commit)
        {
            scanner.AddDamage(
                until,
                $"{files.Describe(until)} should hold the record of index {scanner.NextIndex} or a commit, "
                + $"and the log was durable up to index {marker.Checkpoint.LastIndex}.");
        }

        scanner.Starts.CutAt(scanner.Last.Until);
        return scanner;
    }

    /// <summary>Reads the entries after the base that are configurations, ascending.</summary>
    public List<Entry> ReadConfigurations()
    {
        using var reader = new EntryReader(_files, _marker.Salt);
        var entries = new List<Entry>();
        foreach (EntryLocation location in _configurations.Reverse().Where(location => location.Id.Index > Index.Base.Index))
        {
            entries.Add(reader.Read(location));
        }

        return entries;
    }

    /// <summary>
    /// Every file was at its full size, durably, before the first record went into it, and the one where the marker points was there before the
    /// marker was. A file that is gone or shorter lost something that no crash takes away.
    /// </summary>
    private void FindMissingFiles()
    {
        Checkpoint mark = _marker.Checkpoint;
        int last = _files.SegmentOf(Math.Max(mark.Until, Last.Until - 1));
        for (int id = _files.SegmentOf(mark.Begin.Address); id <= last; id++)
        {
            if (!_files.IsWhole(id))
            {
                long start = (long)id << _marker.Geometry.SegmentBits;
                AddDamage(start, $"{_files.PathOf(start)} is missing or cut short.");
            }
        }
    }

    /// <summary>Follows the records; returns where the first one stands that does not verify or does not link.</summary>
    private long FollowRecords()
    {
        int segments = _files.End;
        while (_files.SegmentOf(_address) < segments)
        {
            if (!TryTake(_address) && !TrySkipPadding())
            {
                break;
            }
        }

        return _address;
    }

    /// <summary>A record that did not fit into the rest of a page stands at the start of the next.</summary>
    private bool TrySkipPadding()
    {
        long next = _marker.Geometry.PageStart(_address) + _marker.Geometry.PageBytes;
        bool empty = _address < next
            && BinaryPrimitives.ReadUInt32LittleEndian(_pages.From(_address)) == 0
            && _address != _marker.Geometry.PageStart(_address);
        return empty && TryTake(next);
    }

    private bool TryTake(long address)
    {
        ReadOnlySpan<byte> bytes = _pages.From(address);
        if (CommitRecord.TryDecode(bytes, address, _marker.Salt, out Checkpoint state, out RecordStamp stamp))
        {
            return Follows(stamp) && TakeCommit(address, state, stamp);
        }

        return EntryRecord.TryDecode(bytes, _marker.Salt, out DecodedEntry entry) && Follows(entry.Stamp) && TakeEntry(address, entry);
    }

    private bool Follows(in RecordStamp stamp) =>
        stamp.Link == _link && stamp.Commit == Last.Commit + 1 && stamp.Incarnation >= Incarnation;

    private bool TakeEntry(long address, in DecodedEntry entry)
    {
        _uncommitted.Add(new ScannedEntry(entry.Id, address, entry.Type));
        Advance(address, entry.Stamp, entry.Crc, address + EntryRecord.SizeOf(entry.PayloadBytes));
        return true;
    }

    private bool TakeCommit(long address, in Checkpoint state, in RecordStamp stamp)
    {
        bool known = stamp.Commit <= _marker.Checkpoint.Commit;
        if (!(known ? TryTakeKnown(state) : TryTakeNew(state)))
        {
            AddDamage(address, $"the commit at {_files.Describe(address)} contradicts what is before it or {MarkerFile.Name}.");
            return false;
        }

        _uncommitted.Clear();
        Last = state with { Begin = _marker.Checkpoint.Begin };
        Advance(address, stamp, state.Link, state.Until);
        return true;
    }

    /// <summary>Takes the entries of a commit up to that of the marker.</summary>
    private bool TryTakeKnown(in Checkpoint state)
    {
        Checkpoint mark = _marker.Checkpoint;
        if (state.Commit >= mark.ClearedBy)
        {
            foreach (ScannedEntry entry in _uncommitted)
            {
                // What can't be appended lies in front of the first entry that is kept.
                TryRecover(entry);
            }
        }

        return state.Commit < mark.Commit || (state with { Begin = mark.Begin } == mark && Index.LastIndex == mark.LastIndex);
    }

    /// <summary>Takes a commit behind that of the marker.</summary>
    private bool TryTakeNew(in Checkpoint state)
    {
        bool clears = state.ClearedBy == state.Commit;
        bool moves = state.Base != Last.Base;
        if ((clears ? !moves : state.ClearedBy != Last.ClearedBy) || (moves && !Index.TryRecoverBase(state.Base, clears)))
        {
            return false;
        }

        if (clears)
        {
            _configurations.Clear();
        }

        ulong first = state.Base.Index + 1;
        return _uncommitted.TrueForAll(entry => entry.Id.Index >= first && TryRecover(entry)) && Index.LastIndex == state.LastIndex;
    }

    private bool TryRecover(in ScannedEntry entry)
    {
        if (!Index.TryRecover(entry.Id, entry.Address))
        {
            return false;
        }

        while (_configurations.TryPeek(out EntryLocation newest) && newest.Id.Index >= entry.Id.Index)
        {
            _configurations.Pop();
        }

        if (entry.Type == EntryType.Configuration)
        {
            _configurations.Push(new EntryLocation(entry.Id, entry.Address, default));
        }

        return true;
    }

    private void AddDamage(long address, string what) =>
        _damage.Add(StorageFinding.Damage(_files.PathOf(address), _files.OffsetOf(address), $"The log is damaged: {what}"));

    private void Advance(long address, in RecordStamp stamp, uint crc, long end)
    {
        Starts.Note(address, stamp);
        _link = crc;
        Incarnation = stamp.Incarnation;
        _address = end;
    }

    private readonly record struct ScannedEntry(LogId Id, long Address, EntryType Type);
}
