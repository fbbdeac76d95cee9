using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Raft.Transport.Grpc.Wire;

/// <summary>
/// Takes the messages out of a gRPC body: each a flag, a big-endian length of four bytes, and the message. Memory follows the bytes that have arrived,
/// never the length that was claimed. For one reader at a time.
/// </summary>
internal sealed class GrpcFrameReader(Stream source, int maxMessageBytes) : IDisposable
{
    public const int HeaderBytes = 5;

    private const int InitialBytes = 16 * 1024;

    // A larger buffer is given back as soon as it is empty.
    private const int KeptBytes = 256 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    /// <summary>The message that was read last; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    /// <summary>Size of the memory that is held now, in bytes.</summary>
    public int BufferedCapacity => _buffer.Length;

    /// <summary>Reads the next message into <see cref="Message"/>.</summary>
    /// <returns>False at the end of the body.</returns>
    /// <exception cref="GrpcException">The message is too large or compressed, its header is malformed, or the body ends inside it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Message = default;
        while (!TryTake())
        {
            MakeRoom();
            int read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            if (read == 0)
            {
                return _start == _end ? false : throw new GrpcException(GrpcStatusCode.Internal, "The stream ended inside a message.");
            }
        }

        return true;
    }

    public void Dispose()
    {
        Message = default;
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryTake()
    {
        ReadOnlySpan<byte> arrived = _buffer.AsSpan(_start.._end);
        if (arrived.Length < HeaderBytes)
        {
            return false;
        }

        int length = ReadHeader(arrived);
        if (arrived.Length - HeaderBytes < length)
        {
            return false;
        }

        Message = _buffer.AsMemory(_start + HeaderBytes, length);
        _start += HeaderBytes + length;
        return true;
    }

    private int ReadHeader(ReadOnlySpan<byte> header)
    {
        switch (header[0])
        {
            case 0:
                break;
            case 1:
                throw new GrpcException(GrpcStatusCode.Unimplemented, "The message is compressed; send it as it is.");
            default:
                throw new GrpcException(GrpcStatusCode.Internal, $"A message begins with the flag {header[0]}, which gRPC does not know.");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        return length <= (uint)maxMessageBytes
            ? (int)length
            : throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"A message of {length} bytes is over the limit of {maxMessageBytes}.");
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > KeptBytes)
            {
                Replace(ArrayPool<byte>.Shared.Rent(InitialBytes));
            }
        }
        else if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Replace(larger);
        }
    }

    private void Replace(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
    }
}
