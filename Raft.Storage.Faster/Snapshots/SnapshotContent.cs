using Raft.Core.Storage;
using Raft.Storage.Faster.Disk;

namespace Raft.Storage.Faster.Snapshots;

/// <summary>Writes the content of a snapshot into its file, and counts and sums it up. A failure is for good.</summary>
internal sealed class SnapshotContent(IDiskFile file) : Stream
{
    private const int BufferBytes = 64 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _written;
    private bool _ended;
    private IOException? _failure;

    /// <summary>CRC-32C of what was written.</summary>
    public uint Checksum { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_ended;

    public override long Length => _written + _buffered;

    public override long Position
    {
        get => Length;
        set => throw NotInOrder();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        Checksum = Crc32C.Append(Checksum, buffer);
        while (buffer.Length > 0)
        {
            int count = Math.Min(buffer.Length, BufferBytes - _buffered);
            buffer[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            buffer = buffer[count..];
            if (_buffered == BufferBytes)
            {
                Flush();
            }
        }
    }

    public override void Flush()
    {
        ThrowIfFailed();
        try
        {
            file.Write(_written, _buffer.AsSpan(0, _buffered));
            _written += _buffered;
            _buffered = 0;
        }
        catch (IOException e)
        {
            _failure = e;
            throw;
        }
    }

    /// <summary>Takes nothing more, and writes what is still in memory.</summary>
    public void End()
    {
        _ended = true;
        if (_buffered > 0)
        {
            Flush();
        }

        ThrowIfFailed();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw NotInOrder();

    public override long Seek(long offset, SeekOrigin origin) => throw NotInOrder();

    public override void SetLength(long value) => throw NotInOrder();

    protected override void Dispose(bool disposing)
    {
        _ended = true;
        base.Dispose(disposing);
    }

    private static NotSupportedException NotInOrder() => new("A snapshot is written in order.");

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new IOException(_failure.Message, _failure);
        }
    }
}
