using System.Buffers.Binary;

namespace Raft.Transport.Grpc.Codec;

/// <summary>Reads fields of the protobuf encoding; refuses whatever does not fit into the bytes that are there.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> source)
{
    private const int BitsPerByte = 7;
    private const int MaxVarintBytes = 10;
    private const byte More = 0x80;

    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Number of the field at hand.</summary>
    public int Field { get; private set; }

    /// <summary>Layout of the field at hand.</summary>
    public WireType Type { get; private set; }

    /// <summary>Moves to the next field; its value must be read or skipped before the one after it.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = ReadVarint();
        if (tag is < 8 or > uint.MaxValue)
        {
            throw new WireFormatException($"{tag} is not the tag of a field.");
        }

        Field = (int)(tag >> 3);
        Type = (WireType)(tag & 7);
        return true;
    }

    /// <summary>Reads the value of a numeric field.</summary>
    public ulong ReadNumber()
    {
        Require(WireType.Varint);
        return ReadVarint();
    }

    /// <summary>Reads the value of a field of four bytes.</summary>
    public uint ReadFixed32()
    {
        Require(WireType.Fixed32);
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
    }

    /// <summary>Reads the content of a field of bytes or of a nested message.</summary>
    public ReadOnlySpan<byte> ReadBlock()
    {
        Require(WireType.LengthDelimited);
        ulong length = ReadVarint();
        return Take(length);
    }

    /// <summary>Passes over a field that is not known.</summary>
    public void Skip()
    {
        switch (Type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                Take(sizeof(ulong));
                break;
            case WireType.LengthDelimited:
                ReadBlock();
                break;
            case WireType.Fixed32:
                Take(sizeof(uint));
                break;
            default:
                throw new WireFormatException($"Field {Field} has the unknown layout {(int)Type}.");
        }
    }

    private readonly void Require(WireType expected)
    {
        if (Type != expected)
        {
            throw new WireFormatException($"Field {Field} has the layout {(int)Type} where {(int)expected} belongs.");
        }
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw new WireFormatException($"Field {Field} is cut off: {length} bytes are announced, {_rest.Length} are there.");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(_rest.Length, MaxVarintBytes); i++)
        {
            ulong bits = _rest[i] & (ulong)(More - 1);
            if (i == MaxVarintBytes - 1 && bits > 1)
            {
                break;
            }

            value |= bits << (i * BitsPerByte);
            if (_rest[i] < More)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new WireFormatException("A number is cut off, or longer than 64 bits.");
    }
}
