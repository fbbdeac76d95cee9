using System.Buffers.Binary;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Recovery;

/// <summary>
/// Judges the bytes behind the last good commit. Either they are a commit that a crash interrupted, which was never acknowledged and may go; or they
/// had been durable and are damaged now, and an acknowledged entry may be among them.
/// </summary>
/// <remarks>
/// They had been durable when a record of a later commit follows, since one commit is synced before the next is written; or when the interrupted
/// commit is there to its very end with no sector missing, since an interrupted write leaves sectors out or stops early. What can't be told apart is
/// the loss of whole sectors of the very last commit before a crash, on the disk's side, after it had confirmed them.
/// </remarks>
internal sealed class TailInspector
{
    private readonly SegmentFiles _files;
    private readonly PageReader _pages;
    private readonly Checkpoint _last;
    private readonly uint _salt;
    private readonly long _filesEnd;

    private TailInspector(SegmentFiles files, in Checkpoint last, uint salt)
    {
        _files = files;
        _pages = new PageReader(files);
        _last = last;
        _salt = salt;
        _filesEnd = (long)files.End << files.Geometry.SegmentBits;
    }

    /// <summary>
    /// Returns how many bytes lie between the last good commit and the end of all that was written; 0 when nothing follows. They are an interrupted
    /// commit, or, when they had been durable, <paramref name="damage"/>.
    /// </summary>
    public static long Inspect(SegmentFiles files, in Checkpoint last, uint salt, out StorageFinding? damage)
    {
        damage = null;
        var inspector = new TailInspector(files, last, salt);
        long end = inspector.FindEnd(out bool sectorMissing);
        if (end == last.Until)
        {
            return 0;
        }

        if (inspector.FindLaterCommit(end) is long later)
        {
            damage = inspector.Damaged($"a later record is at {files.Describe(later)}");
        }
        else if (!sectorMissing && inspector.EndsWhole(end))
        {
            damage = inspector.Damaged($"the commit behind it is complete up to {files.Describe(end)}");
        }

        return end - last.Until;
    }

    private StorageFinding Damaged(string evidence) => StorageFinding.Damage(
        _files.PathOf(_last.Until),
        _files.OffsetOf(_last.Until),
        $"The log is damaged after index {_last.LastIndex}: a record at or behind {_files.Describe(_last.Until)} is not what had been written, "
        + $"and {evidence}.");

    /// <summary>Address behind the last byte that is not zero, and whether a sector before it holds nothing but zeros.</summary>
    private long FindEnd(out bool sectorMissing)
    {
        long end = _last.Until;
        long emptySince = -1;
        sectorMissing = false;
        for (long address = _last.Until; address < _filesEnd;)
        {
            long next = Math.Min((address | (SegmentDevice.SectorBytes - 1)) + 1, _filesEnd);
            ReadOnlySpan<byte> sector = _pages.From(address)[..(int)(next - address)];
            int lastByte = sector.LastIndexOfAnyExcept((byte)0);
            if (lastByte >= 0)
            {
                sectorMissing |= emptySince >= 0;
                end = address + lastByte + 1;
            }
            else if (emptySince < 0)
            {
                emptySince = address;
            }

            address = next;
        }

        return end;
    }

    private long? FindLaterCommit(long end)
    {
        for (long address = _last.Until; address < end; address += sizeof(int))
        {
            ReadOnlySpan<byte> bytes = _pages.From(address);
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != 0 && CommitAt(bytes, address) > _last.Commit + 1)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>Number of the commit to which a valid record at <paramref name="address"/> belongs; 0 when there is none.</summary>
    private ulong CommitAt(ReadOnlySpan<byte> bytes, long address)
    {
        if (CommitRecord.TryDecode(bytes, address, _salt, out _, out RecordStamp stamp))
        {
            return stamp.Commit;
        }

        return EntryRecord.TryDecode(bytes, _salt, out DecodedEntry entry) ? entry.Stamp.Commit : 0;
    }

    private bool EndsWhole(long end)
    {
        long from = Math.Max(end - sizeof(ulong), _files.Geometry.PageStart(end - 1));
        return CommitRecord.EndsWithMark(_pages.From(from)[..(int)(end - from)]);
    }
}
