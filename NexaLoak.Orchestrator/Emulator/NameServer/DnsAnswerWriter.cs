using System.Buffers.Binary;

namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>Writes answers to the wire (RFC 1035, section 4; RFC 6891, section 6).</summary>
internal static class DnsAnswerWriter
{
    /// <summary>Largest answer over TCP.</summary>
    public const int MaxLength = ushort.MaxValue;

    private const int PlainUdpLength = 512;
    private const ushort ExtendedUdpLength = 1232;
    private const ushort ResponseFlag = 0x8000;
    private const ushort AuthoritativeFlag = 0x0400;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort KeptFlags = 0x7900;
    private const ushort PointerToQuestion = 0xC000 | DnsQueryParser.HeaderLength;

    /// <summary>Largest answer over UDP that the client takes.</summary>
    public static int UdpLimit(DnsQuery query)
        => query.Extension is { } extension ? Math.Clamp(extension.PayloadSize, (ushort)PlainUdpLength, ExtendedUdpLength) : PlainUdpLength;

    /// <summary>The message; when the limit is too low for it, one without records that sends the client to TCP.</summary>
    public static byte[] Write(DnsQuery query, DnsAnswer answer, int limit)
    {
        byte[] message = WriteWhole(query, answer, flags: 0);
        return message.Length <= limit ? message : WriteWhole(query, answer with { Answers = [], Authority = [] }, TruncatedFlag);
    }

    private static byte[] WriteWhole(DnsQuery query, DnsAnswer answer, ushort flags)
    {
        var message = new List<byte>(PlainUdpLength);
        AddNumber(message, query.Id);
        AddNumber(message, (ushort)(ResponseFlag
            | (query.Flags & KeptFlags)
            | (answer.IsAuthoritative ? AuthoritativeFlag : 0)
            | flags
            | ((int)answer.Code & 0xF)));
        AddNumber(message, (ushort)(query.Question.IsEmpty ? 0 : 1));
        AddNumber(message, (ushort)answer.Answers.Count);
        AddNumber(message, (ushort)answer.Authority.Count);
        AddNumber(message, (ushort)(query.Extension is null ? 0 : 1));
        message.AddRange(query.Question.Span);
        foreach (DnsAnswerRecord record in answer.Answers.Concat(answer.Authority))
        {
            AddRecord(message, query, record);
        }

        if (query.Extension is not null)
        {
            AddExtension(message, answer.Code);
        }

        return [.. message];
    }

    private static void AddRecord(List<byte> message, DnsQuery query, DnsAnswerRecord record)
    {
        if (record.Name == query.Name)
        {
            AddNumber(message, PointerToQuestion);
        }
        else
        {
            message.AddRange(DnsData.Name(record.Name));
        }

        AddNumber(message, (ushort)record.Type);
        AddNumber(message, DnsQuery.InternetClass);
        AddNumber(message, (ushort)(record.Ttl >> 16));
        AddNumber(message, (ushort)record.Ttl);
        AddNumber(message, (ushort)record.Data.Length);
        message.AddRange(record.Data.Span);
    }

    private static void AddExtension(List<byte> message, DnsResponseCode code)
    {
        message.Add(0);
        AddNumber(message, (ushort)DnsType.OPT);
        AddNumber(message, ExtendedUdpLength);
        message.Add((byte)((int)code >> 4));
        message.Add(0);
        AddNumber(message, 0);
        AddNumber(message, 0);
    }

    private static void AddNumber(List<byte> message, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        message.AddRange(bytes);
    }
}
