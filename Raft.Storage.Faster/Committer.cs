using System.Runtime.InteropServices;
using FASTER.core;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;
using Raft.Storage.Faster.Recovery;

namespace Raft.Storage.Faster;

/// <summary>
/// Writes batches through FASTER: every entry of the batch, one commit that carries the rest of the node's state, one sync. A write that moves the log's base
/// begins a commit of its own. Used by one thread at a time. After any exception it must not be used again: what reached the disk is then unknown.
/// </summary>
/// <remarks>
/// A commit counts as durable when our device has synced everything up to the commit's end, which FASTER's flushed address shows; FASTER's own notice of it
/// is done without.
/// </remarks>
internal sealed class Committer : IDisposable
{
    private const int CommitsPerMarker = 1024;

    private readonly SegmentFiles _files;
    private readonly MarkerFile _marker;
    private readonly SegmentDevice _device;
    private readonly FasterLog _log;
    private readonly CommitNotices _notices;
    private readonly int _memoryPages;
    private readonly uint _salt;
    private readonly uint _incarnation;
    private readonly PageStarts _starts;
    private readonly FileRemover _remover;
    private readonly List<WrittenEntry> _written = [];

    private Checkpoint _last;
    private uint _link;
    private long _discardedTo;

    public Committer(SegmentFiles files, MarkerFile marker, PageStarts starts, FileRemover remover, int memoryBytes)
    {
        _files = files;
        _starts = starts;
        _remover = remover;
        _marker = marker;
        _last = marker.Current.Checkpoint;
        _link = _last.Link;
        _salt = marker.Current.Salt;
        _incarnation = marker.Current.Incarnation;
        _memoryPages = Math.Max(2, memoryBytes / files.Geometry.PageBytes);
        _device = new SegmentDevice(files, "log");
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = new RecoveredCommit(_last),
            PageSize = files.Geometry.PageBytes,
            MemorySize = (long)_memoryPages * files.Geometry.PageBytes,
            SegmentSize = files.Geometry.SegmentBytes,
            FastCommitMode = true,
            LogChecksum = LogChecksumType.None, // ours covers more; FASTER's would only be read in a recovery that never runs
            TryRecoverLatest = false,
            TolerateDeviceFailure = false,
        });
        _notices = new CommitNotices(_log);
        if (_last.Commit > 0)
        {
            Recover();
        }

        if (_log.TailAddress != _last.Until)
        {
            throw new InvalidOperationException($"FASTER recovered to address {_log.TailAddress} instead of {_last.Until}.");
        }

        Discard();
    }

    /// <summary>Where the durable log ends.</summary>
    public long Until => _last.Until;

    /// <summary>Makes a batch of writes durable and returns where its entries came to lie; the list is valid until the next call.</summary>
    public List<WrittenEntry> Commit(List<QueuedWrite> batch)
    {
        _written.Clear();
        ReadOnlySpan<QueuedWrite> writes = CollectionsMarshal.AsSpan(batch);
        Checkpoint before = _last;
        int from = 0;
        long? keepFrom = null;
        for (int i = 0; i < writes.Length; i++)
        {
            if (writes[i].Move is BaseMove move)
            {
                CommitChanges(After(before, writes[from..i]));
                (before, from, keepFrom) = (Moved(move), i, move.KeepFrom);
            }

            Enqueue(writes[i].Write);
        }

        CommitChanges(After(before, writes[from..]));
        if (keepFrom is long address)
        {
            GiveBack(address);
        }

        Discard();
        return _written;
    }

    /// <summary>Notes in the marker how far the log has come, so that the next opening knows what it must find.</summary>
    public void Mark()
    {
        if (_marker.Current.Checkpoint != _last)
        {
            _files.Ensure(_files.SegmentOf(_last.Until));
            _marker.Advance(_incarnation, _last);
        }
    }

    public void Dispose()
    {
        _log.Dispose();
        _device.Dispose();
    }

    /// <summary>Has FASTER read what it keeps in memory. Of a read that fails it says only that it did, the device says where and why.</summary>
    private void Recover()
    {
        try
        {
            _log.Recover((long)_last.Commit);
        }
        catch (FasterException)
        {
            _device.ThrowIfFailed();
            throw;
        }

        _device.ThrowIfFailed();
    }

    private Checkpoint Moved(in BaseMove move) => move.ClearsLog
        ? _last with { Base = move.To, ClearedBy = _last.Commit + 1, LastIndex = move.To.Index }
        : _last with { Base = move.To };

    /// <summary>What is durable once writes are that come after a checkpoint. Made once a commit: it is too large for once an entry.</summary>
    private static Checkpoint After(in Checkpoint before, ReadOnlySpan<QueuedWrite> writes)
    {
        if (writes.IsEmpty)
        {
            return before;
        }

        (SnapshotName snapshot, ulong lastIndex) = (before.Snapshot, before.LastIndex);
        foreach (ref readonly QueuedWrite queued in writes)
        {
            snapshot = queued.Snapshot ?? snapshot;
            IReadOnlyList<ReadOnlyMemory<Entry>> slices = queued.Write.Entries;
            for (int i = 0; i < slices.Count; i++)
            {
                lastIndex = slices[i].IsEmpty ? lastIndex : slices[i].Span[^1].Index;
            }
        }

        return before with { HardState = writes[^1].Write.HardState, Snapshot = snapshot, LastIndex = lastIndex };
    }

    private void Enqueue(in StorageWrite write)
    {
        for (int i = 0; i < write.Entries.Count; i++)
        {
            foreach (ref readonly Entry entry in write.Entries[i].Span)
            {
                _written.Add(new WrittenEntry(write.Sequence, entry.Index, Enqueue(entry)));
            }
        }
    }

    private long Enqueue(in Entry entry)
    {
        var stamp = new RecordStamp(_link, _incarnation, _last.Commit + 1);
        var record = new EntryRecord(entry, stamp, _salt);
        long address;
        while (!_log.TryEnqueue(record, out address))
        {
            // FASTER's pages are full of what is not durable yet.
            _device.Sync();
        }

        _device.ThrowIfFailed();
        _starts.Note(address, stamp);
        _link = record.Crc;
        return address;
    }

    private void CommitChanges(in Checkpoint next)
    {
        if (_link != _last.Link || next != _last)
        {
            Commit(next);
        }
    }

    private void Commit(in Checkpoint next)
    {
        MakeRoom();
        var stamp = new RecordStamp(_link, _incarnation, _last.Commit + 1);
        long address = _files.Geometry.Place(_log.TailAddress, CommitRecord.Size);
        byte[] cookie = CommitRecord.Encode(next, stamp, address, _salt, out uint crc);
        bool committed = _log.CommitStrongly(out long tail, out _, spinWait: false, cookie, (long)stamp.Commit);
        if (!committed || tail != address + CommitRecord.Size)
        {
            throw new InvalidOperationException($"FASTER placed commit {stamp.Commit} at {tail - CommitRecord.Size} instead of {address}.");
        }

        _notices.Forget();
        Flush(tail);
        _starts.Note(address, stamp);
        _link = crc;
        _last = next with { Until = tail, Link = crc, Commit = stamp.Commit };
        if (_last.Commit % CommitsPerMarker == 0)
        {
            Mark();
        }
    }

    /// <summary>
    /// Lets the log begin in the page of <paramref name="keepFrom"/>. The files before go once no crash can bring back a marker that needs them.
    /// </summary>
    private void GiveBack(long keepFrom)
    {
        LogStart begin = _starts.MoveTo(keepFrom);
        if (begin != _last.Begin)
        {
            _last = _last with { Begin = begin };
            Mark();
            _remover.RemoveSoon(_files.ForgetBefore(_files.SegmentOf(begin.Address)));
        }
    }

    /// <summary>
    /// Gives back what is before the log's beginning in its first file. Not while that is the last one as well: the next sync would have to
    /// write what the file system notes of it.
    /// </summary>
    private void Discard()
    {
        long begin = _files.Geometry.PageStart(_last.Begin.Address);
        if (begin > _discardedTo && _files.SegmentOf(begin) < _files.SegmentOf(_last.Until))
        {
            _discardedTo = begin;
            _remover.DiscardSoon(SegmentFiles.NameOf(_files.SegmentOf(begin)), _files.OffsetOf(begin));
        }
    }

    /// <summary>FASTER waits inside a commit for a free page, and would do so for ever: the pages are freed by this same thread.</summary>
    private void MakeRoom()
    {
        int pageBits = _files.Geometry.PageBits;
        if ((_log.TailAddress >> pageBits) + 1 >= (_log.FlushedUntilAddress >> pageBits) + _memoryPages)
        {
            _device.Sync();
        }
    }

    private void Flush(long until)
    {
        while (_log.FlushedUntilAddress < until)
        {
            // A sync tells FASTER of the finished writes, upon which it may write more.
            _device.Sync();
        }
    }
}
