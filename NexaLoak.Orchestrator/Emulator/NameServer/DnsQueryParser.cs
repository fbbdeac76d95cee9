using System.Buffers.Binary;
using System.Text;

namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>Reads queries from the wire (RFC 1035, section 4; RFC 6891, section 6).</summary>
internal static class DnsQueryParser
{
    /// <summary>Bytes of a message before its first question.</summary>
    public const int HeaderLength = 12;

    private const ushort ResponseFlag = 0x8000;
    private const ushort OperationMask = 0x7800;
    private const int MaxNameLength = 255;
    private const int MaxLabelLength = 63;

    /// <summary>Reads a message.</summary>
    /// <returns>The query, with its problem if it has one; <c>null</c> when it deserves no answer: it is no query, or too short to name itself.</returns>
    public static DnsQuery? Parse(ReadOnlyMemory<byte> message)
    {
        ReadOnlySpan<byte> bytes = message.Span;
        if (bytes.Length < HeaderLength)
        {
            return null;
        }

        ushort flags = Number(bytes, 2);
        if ((flags & ResponseFlag) != 0)
        {
            return null;
        }

        var query = new DnsQuery { Id = Number(bytes, 0), Flags = flags };
        if ((flags & OperationMask) != 0)
        {
            return query with { Problem = DnsResponseCode.NotImplemented };
        }

        bool isPlainQuery = Number(bytes, 4) == 1 && Number(bytes, 6) == 0 && Number(bytes, 8) == 0;
        return (isPlainQuery ? ParseQuestion(query, message) : null) ?? query with { Problem = DnsResponseCode.FormatError };
    }

    private static DnsQuery? ParseQuestion(DnsQuery query, ReadOnlyMemory<byte> message)
    {
        ReadOnlySpan<byte> bytes = message.Span;
        int position = HeaderLength;
        if (ParseName(bytes, ref position) is not { } name || bytes.Length - position < 4)
        {
            return null;
        }

        DnsQuery asked = query with
        {
            Name = name,
            Type = (DnsType)Number(bytes, position),
            Class = Number(bytes, position + 2),
            Question = message[HeaderLength..(position + 4)],
        };
        return ParseAdditional(asked, bytes, position + 4, Number(bytes, 10));
    }

    /// <summary>Reads the records behind the question. Only an EDNS record means something here; others, such as signatures, are passed over.</summary>
    private static DnsQuery? ParseAdditional(DnsQuery query, ReadOnlySpan<byte> bytes, int position, int count)
    {
        const int FixedLength = 10;
        for (; count > 0; count--)
        {
            if (ParseName(bytes, ref position) is not { } owner || bytes.Length - position < FixedLength)
            {
                return null;
            }

            var type = (DnsType)Number(bytes, position);
            if (type == DnsType.OPT)
            {
                if (owner.Length > 0 || query.Extension is not null)
                {
                    return null;
                }

                query = query with { Extension = new DnsExtension(Number(bytes, position + 2), bytes[position + 5]) };
            }

            position += FixedLength + Number(bytes, position + 8);
        }

        if (position != bytes.Length)
        {
            return null;
        }

        return query.Extension is { Version: > 0 } ? query with { Problem = DnsResponseCode.BadVersion } : query;
    }

    /// <summary>Reads a name. Pointers into the message, which only answers need, are refused.</summary>
    private static string? ParseName(ReadOnlySpan<byte> bytes, ref int position)
    {
        var name = new StringBuilder();
        int start = position;
        while (position < bytes.Length && position - start < MaxNameLength)
        {
            int length = bytes[position++];
            if (length == 0)
            {
                return name.ToString();
            }

            if (length > MaxLabelLength || bytes.Length - position < length)
            {
                return null;
            }

            name.Append(name.Length == 0 ? "" : ".");
            foreach (byte octet in bytes.Slice(position, length))
            {
                AppendOctet(name, octet);
            }

            position += length;
        }

        return null;
    }

    /// <summary>Writes an octet of a label so that no two different labels look alike (RFC 1035, section 5.1), apart from their case.</summary>
    private static void AppendOctet(StringBuilder name, byte octet)
    {
        if (octet is > (byte)' ' and < 0x7f and not ((byte)'.' or (byte)'\\'))
        {
            name.Append(char.ToLowerInvariant((char)octet));
        }
        else
        {
            name.Append('\\').Append($"{octet:d3}");
        }
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, int position) => BinaryPrimitives.ReadUInt16BigEndian(bytes[position..]);
}
