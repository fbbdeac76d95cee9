using System.Buffers;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster;

/// <summary>
/// Reads entries from the disk, several at a time where they lie together, and verifies each. It reads past FASTER, whose own reads know
/// neither our checksum nor what index is expected. One use, one thread.
/// </summary>
internal sealed class EntryReader(SegmentFiles files, uint salt) : IDisposable
{
    private const int ReadAhead = 64 << 10;

    private byte[] _buffer = [];
    private long _start;
    private int _length;

    /// <summary>Reads entries up to the one that would bring the sum of their sizes over <paramref name="maxBytes"/>, and at least one.</summary>
    /// <exception cref="StorageCorruptedException">What is there is not one of them.</exception>
    public void Read(List<EntryLocation> locations, long maxBytes, ICollection<Entry> into)
    {
        long bytes = 0;
        foreach (EntryLocation location in locations)
        {
            int size = location.IsDurable ? SizeOf(location) : location.Entry.Size;
            if (bytes > 0 && bytes + size > maxBytes)
            {
                return;
            }

            bytes += size;
            into.Add(location.IsDurable ? Read(location) : location.Entry);
        }
    }

    /// <summary>Size that limits count for the entry at <paramref name="location"/>.</summary>
    private int SizeOf(in EntryLocation location)
    {
        int payload = EntryRecord.PayloadOf(Fetch(location.Address, EntryRecord.LengthBytes + EntryRecord.HeaderBytes));
        return payload >= 0 ? payload + Entry.Overhead : throw Damaged(location);
    }

    /// <summary>The entry at <paramref name="location"/>.</summary>
    /// <exception cref="StorageCorruptedException">What is there is not that entry.</exception>
    public Entry Read(in EntryLocation location)
    {
        int bytes = EntryRecord.LengthBytes + EntryRecord.HeaderBytes + SizeOf(location) - Entry.Overhead;
        if (bytes > files.Geometry.LeftInPage(location.Address))
        {
            throw Damaged(location);
        }

        ReadOnlySpan<byte> record = Fetch(location.Address, bytes);
        if (!EntryRecord.TryDecode(record, salt, out DecodedEntry head) || head.Id != location.Id)
        {
            throw Damaged(location);
        }

        ReadOnlySpan<byte> payload = record.Slice(EntryRecord.LengthBytes + EntryRecord.HeaderBytes, head.PayloadBytes);
        return new Entry(head.Id.Term, head.Id.Index, head.Type, payload.ToArray());
    }

    public void Dispose() => Return();

    private StorageCorruptedException Damaged(in EntryLocation location) => new(
        $"The log is damaged: {files.Describe(location.Address)} does not hold entry {location.Id} as it had been written. "
        + StorageFinding.Remedy);

    private ReadOnlySpan<byte> Fetch(long address, int bytes)
    {
        if (address < _start || address + bytes > _start + _length)
        {
            Fill(address, Math.Max(bytes, Math.Min(ReadAhead, files.Geometry.LeftInPage(address))));
        }

        return _buffer.AsSpan((int)(address - _start), bytes);
    }

    private void Fill(long address, int bytes)
    {
        if (_buffer.Length < bytes)
        {
            Return();
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        files.Read(address, _buffer.AsSpan(0, bytes));
        (_start, _length) = (address, bytes);
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length) = ([], 0);
        }
    }
}
