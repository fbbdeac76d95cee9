using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Snapshots;

/// <summary>
/// Reads the content of a snapshot's file. Whoever reads all of it from start to end does not get the last bytes unless the checksum holds; reads at other
/// places do not count. One use, one thread.
/// </summary>
internal sealed class SnapshotStream : Stream
{
    private readonly IDiskFile _file;
    private long _position;
    private long _verified;
    private uint _checksum;

    /// <summary>Takes the open file of the snapshot called <paramref name="name"/>, and closes it if there is something wrong.</summary>
    /// <exception cref="StorageCorruptedException">It is not that snapshot, or its end is damaged.</exception>
    public SnapshotStream(IDiskFile file, uint salt, in SnapshotName name)
    {
        _file = file;
        try
        {
            Snapshot = SnapshotTrailer.Read(file, salt, out uint crc);
            if (Snapshot.Id != name.Id || crc != name.Crc)
            {
                throw new StorageCorruptedException(
                    $"{file.Path} is a snapshot of {Snapshot.Id}, and not the one of {name.Id} that was written there. "
                    + StorageFinding.Remedy);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the file says of itself.</summary>
    public SnapshotMetadata Snapshot { get; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => Snapshot.Size;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Clamp(Length - _position, 0, buffer.Length);
        if (count > 0)
        {
            _file.Read(_position, buffer[..count]);
            Verify(buffer[..count]);
            _position += count;
        }

        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A sealed snapshot does not change.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A sealed snapshot does not change.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Goes on with the checksum where <paramref name="read"/> reaches beyond what it covers.</summary>
    private void Verify(ReadOnlySpan<byte> read)
    {
        long known = _verified - _position;
        if (known < 0 || known >= read.Length)
        {
            return;
        }

        _checksum = Crc32C.Append(_checksum, read[(int)known..]);
        _verified = _position + read.Length;
        if (_verified == Length && _checksum != Snapshot.Checksum)
        {
            throw new StorageCorruptedException(
                $"The snapshot {_file.Path} is damaged: its content is not what had been written. {StorageFinding.Remedy}");
        }
    }
}
