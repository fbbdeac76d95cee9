using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Recovery;

/// <summary>
/// Reads the log from its first record to the last commit whose records all verify and link to each other. That commit is the recovered state; what
/// <see cref="TailInspector"/> makes of the bytes behind it decides whether recovery may go on.
/// </summary>
internal sealed class LogScanner
{
    private readonly SegmentFiles _files;
    private readonly Marker _marker;
    private readonly PageReader _pages;
    private readonly List<ScannedEntry> _uncommitted = [];

    private long _address;
    private uint _link;
    private ulong _lastIndex;

    private LogScanner(SegmentFiles files, Marker marker)
    {
        _files = files;
        _marker = marker;
        _pages = new PageReader(files);
        Checkpoint mark = marker.Checkpoint;
        Last = mark with { Until = mark.Begin, Link = mark.BeginLink, Commit = 0, HardState = default, LastIndex = mark.Base.Index };
        Index = new EntryIndex(mark.Base);
        Incarnation = 0;
        _address = mark.Begin;
        _link = mark.BeginLink;
        _lastIndex = mark.Base.Index;
    }

    /// <summary>State as of the last good commit.</summary>
    public Checkpoint Last { get; private set; }

    /// <summary>Where its entries are.</summary>
    public EntryIndex Index { get; }

    /// <summary>Highest incarnation found.</summary>
    public uint Incarnation { get; private set; }

    /// <summary>Scans the log that <paramref name="marker"/> describes.</summary>
    /// <exception cref="StorageCorruptedException">The log is damaged, or does not reach as far as the marker says.</exception>
    public static LogScanner Scan(SegmentFiles files, Marker marker)
    {
        var scanner = new LogScanner(files, marker);
        long until = scanner.FollowRecords();
        Checkpoint mark = marker.Checkpoint;
        if (scanner.Last.Commit < mark.Commit)
        {
            throw new StorageCorruptedException(
                $"The log is damaged: {files.Describe(until)} should hold the record of index {scanner._lastIndex + 1} or a commit, "
                + $"and the log was durable up to index {mark.LastIndex}. Replace this node by a new one, or restore the directory.");
        }

        scanner.RequireWholeFiles();
        return scanner;
    }

    /// <summary>
    /// Every file was at its full size, durably, before the first record went into it, and the one where the marker points was there before the
    /// marker was. A file that is gone or shorter lost something that no crash takes away.
    /// </summary>
    private void RequireWholeFiles()
    {
        Checkpoint mark = _marker.Checkpoint;
        int last = _files.SegmentOf(Math.Max(mark.Until, Last.Until - 1));
        for (int id = _files.SegmentOf(mark.Begin); id <= last; id++)
        {
            if (!_files.IsWhole(id))
            {
                throw new StorageCorruptedException(
                    $"The log is damaged: {_files.Describe((long)id << _marker.Geometry.SegmentBits)} is missing or cut short. "
                    + "Replace this node by a new one, or restore the directory.");
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
            return Follows(stamp) && TakeCommit(state, stamp);
        }

        return EntryRecord.TryDecode(bytes, _marker.Salt, out DecodedEntry entry) && Follows(entry.Stamp) && TakeEntry(address, entry);
    }

    private bool Follows(in RecordStamp stamp) =>
        stamp.Link == _link && stamp.Commit == Last.Commit + 1 && stamp.Incarnation >= Incarnation;

    private bool TakeEntry(long address, in DecodedEntry entry)
    {
        if (entry.Id.Index <= _marker.Checkpoint.Base.Index || entry.Id.Index > _lastIndex + 1)
        {
            return false;
        }

        _uncommitted.Add(new ScannedEntry(entry.Id, address));
        _lastIndex = entry.Id.Index;
        Advance(entry.Crc, entry.Stamp, address + EntryRecord.SizeOf(entry.PayloadBytes));
        return true;
    }

    private bool TakeCommit(in Checkpoint state, in RecordStamp stamp)
    {
        Checkpoint mark = _marker.Checkpoint;
        if (state.LastIndex != _lastIndex || state.Begin != mark.Begin || state.Base != mark.Base
            || (state.Commit == mark.Commit && (state.Until != mark.Until || state.Link != mark.Link)))
        {
            return false;
        }

        foreach (ScannedEntry entry in _uncommitted)
        {
            Index.Recover(entry.Id, entry.Address);
        }

        _uncommitted.Clear();
        Last = state with { BeginLink = mark.BeginLink };
        Advance(state.Link, stamp, state.Until);
        return true;
    }

    private void Advance(uint crc, in RecordStamp stamp, long end)
    {
        _link = crc;
        Incarnation = stamp.Incarnation;
        _address = end;
    }

    private readonly record struct ScannedEntry(LogId Id, long Address);
}
