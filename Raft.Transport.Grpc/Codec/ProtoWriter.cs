using System.Buffers.Binary;

namespace Raft.Transport.Grpc.Codec;

/// <summary>Writes fields of the protobuf encoding into memory that is large enough. Fields with the value zero and empty ones are left out, as proto3
/// has it.</summary>
internal ref struct ProtoWriter(Span<byte> destination)
{
    private const int BitsPerByte = 7;
    private const byte More = 0x80;

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Bytes of a number.</summary>
    public static int SizeOf(ulong value) => (int)((uint)(63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / BitsPerByte) + 1;

    /// <summary>Bytes of a numeric field.</summary>
    public static int SizeOfField(int field, ulong value) => value == 0 ? 0 : SizeOfTag(field) + SizeOf(value);

    /// <summary>Bytes of a field of four bytes.</summary>
    public static int SizeOfFixed32(int field, uint value) => value == 0 ? 0 : SizeOfTag(field) + sizeof(uint);

    /// <summary>Bytes of a field with a content of the given length.</summary>
    public static int SizeOfBlock(int field, int length) => SizeOfTag(field) + SizeOf((uint)length) + length;

    /// <summary>Bytes of a field of bytes.</summary>
    public static int SizeOfBytes(int field, int length) => length == 0 ? 0 : SizeOfBlock(field, length);

    /// <summary>Writes a numeric field.</summary>
    public void WriteField(int field, ulong value)
    {
        if (value != 0)
        {
            WriteTag(field, WireType.Varint);
            WriteVarint(value);
        }
    }

    /// <summary>Writes a field of four bytes.</summary>
    public void WriteFixed32(int field, uint value)
    {
        if (value != 0)
        {
            WriteTag(field, WireType.Fixed32);
            BinaryPrimitives.WriteUInt32LittleEndian(_destination[Written..], value);
            Written += sizeof(uint);
        }
    }

    /// <summary>Announces a field whose content, of the given length, is written next.</summary>
    public void BeginBlock(int field, int length)
    {
        WriteTag(field, WireType.LengthDelimited);
        WriteVarint((uint)length);
    }

    /// <summary>Writes a field of bytes.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            BeginBlock(field, value.Length);
            value.CopyTo(_destination[Written..]);
            Written += value.Length;
        }
    }

    private static int SizeOfTag(int field) => SizeOf((uint)field << 3);

    private void WriteTag(int field, WireType type) => WriteVarint(((uint)field << 3) | (uint)type);

    private void WriteVarint(ulong value)
    {
        while (value >= More)
        {
            _destination[Written++] = (byte)(value | More);
            value >>= BitsPerByte;
        }

        _destination[Written++] = (byte)value;
    }
}
