using System.Buffers;
using System.Buffers.Binary;

namespace Raft.Transport.Grpc.Wire;

/// <summary>Builds one gRPC message behind its header, in a buffer that is used again for the next one. For one writer at a time.</summary>
internal sealed class GrpcFrameWriter : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 16 * 1024;
    private const int KeptBytes = 256 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _end = GrpcFrameReader.HeaderBytes;

    /// <summary>Size of the message so far, in bytes.</summary>
    public int MessageBytes => _end - GrpcFrameReader.HeaderBytes;

    /// <summary>Completes the header and returns what is to be sent; valid until the next change.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        _buffer[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(1), (uint)MessageBytes);
        return _buffer.AsMemory(0, _end);
    }

    /// <summary>Begins a new message.</summary>
    public void Clear()
    {
        _end = GrpcFrameReader.HeaderBytes;
        if (_buffer.Length > KeptBytes)
        {
            Replace(ArrayPool<byte>.Shared.Rent(InitialBytes));
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _end + bytes));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        Replace(larger);
    }

    private void Replace(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
    }
}
