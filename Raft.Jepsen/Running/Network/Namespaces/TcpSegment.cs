using System.Buffers.Binary;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>A TCP segment in an IPv4 packet, and the resets that end its connection at both ends.</summary>
internal readonly ref struct TcpSegment
{
    /// <summary>Bytes of a packet with a reset.</summary>
    public const int ResetBytes = IpBytes + TcpBytes;

    private const int IpBytes = 20, TcpBytes = 20;
    private const int Protocol = 9, Source = 12, Destination = 16, AddressBytes = 4, Tcp = 6, TimeToLive = 64;
    private const int Sequence = 4, Acknowledged = 8, Length = 12, Flags = 13;
    private const byte Synchronize = 2, Reset = 4, Acknowledges = 16;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly ReadOnlySpan<byte> _segment;

    private TcpSegment(ReadOnlySpan<byte> packet, int header)
    {
        _packet = packet;
        _segment = packet[header..];
    }

    /// <summary>Reads a packet.</summary>
    /// <returns>False when it carries no segment of a connection that has been established: one that begins can't be reset in its place yet.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out TcpSegment segment)
    {
        int header = packet.Length < IpBytes ? 0 : (packet[0] & 0xF) * 4;
        if (header < IpBytes || packet[Protocol] != Tcp || packet.Length < header + TcpBytes)
        {
            segment = default;
            return false;
        }

        segment = new TcpSegment(packet, header);
        return (segment._segment[Flags] & (Synchronize | Reset | Acknowledges)) == Acknowledges;
    }

    /// <summary>Writes the reset that its receiver gets in its place: it has the number that the receiver waits for.</summary>
    public void WriteResetForReceiver(Span<byte> reset)
        => Write(reset, _packet.Slice(Source, AddressBytes), _packet.Slice(Destination, AddressBytes), _segment[..2], _segment.Slice(2, 2),
            _segment.Slice(Sequence, 4));

    /// <summary>Writes the reset that its sender gets as the answer: it has the number that the sender has just said to wait for.</summary>
    public void WriteResetForSender(Span<byte> reset)
        => Write(reset, _packet.Slice(Destination, AddressBytes), _packet.Slice(Source, AddressBytes), _segment.Slice(2, 2), _segment[..2],
            _segment.Slice(Acknowledged, 4));

    private static void Write(
        Span<byte> reset, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, ReadOnlySpan<byte> fromPort, ReadOnlySpan<byte> toPort, ReadOnlySpan<byte> number)
    {
        reset[..ResetBytes].Clear();
        Span<byte> segment = reset.Slice(IpBytes, TcpBytes);
        fromPort.CopyTo(segment);
        toPort.CopyTo(segment[2..]);
        number.CopyTo(segment[Sequence..]);
        segment[Length] = (TcpBytes / 4) << 4;
        segment[Flags] = Reset;
        from.CopyTo(reset[Source..]);
        to.CopyTo(reset[Destination..]);

        // The checksum of a segment covers the addresses, the protocol and the length, too.
        uint pseudo = Sum(reset.Slice(Source, 2 * AddressBytes)) + Tcp + TcpBytes;
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], Fold(Sum(segment) + pseudo));
        reset[0] = (4 << 4) | (IpBytes / 4);
        BinaryPrimitives.WriteUInt16BigEndian(reset[2..], ResetBytes);
        reset[8] = TimeToLive;
        reset[Protocol] = Tcp;
        BinaryPrimitives.WriteUInt16BigEndian(reset[10..], Fold(Sum(reset[..IpBytes])));
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        return sum;
    }

    /// <summary>The checksum of the Internet (RFC 1071): the complement of the sum, with what was carried added at the end.</summary>
    private static ushort Fold(uint sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
