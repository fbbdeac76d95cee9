using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>Data of records on the wire (RFC 1035, section 3.3).</summary>
internal static class DnsData
{
    private const int MaxStringLength = 255;

    /// <summary>The data of a record of the zone.</summary>
    public static byte[] Of(EmulatedRecord record) => record.Type switch
    {
        "A" or "AAAA" => IPAddress.Parse(record.Content).GetAddressBytes(),
        "MX" => [.. Number((ushort)(record.Priority ?? 0)), .. Name(record.Content)],
        "TXT" => Text(record.Content),
        _ => Name(record.Content),
    };

    /// <summary>A name, without compression.</summary>
    public static byte[] Name(string name)
    {
        var bytes = new List<byte>(name.Length + 2);
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
        return [.. bytes];
    }

    /// <summary>The start of authority: who answers for the zone, its version, and how long a missing name may be remembered.</summary>
    public static byte[] StartOfAuthority(string server, string mailbox, uint serial, uint negativeTtl)
    {
        const uint Refresh = 10000;
        const uint Retry = 2400;
        const uint Expire = 604800;
        byte[] numbers = new byte[5 * sizeof(uint)];
        uint[] values = [serial, Refresh, Retry, Expire, negativeTtl];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(i * sizeof(uint)), values[i]);
        }

        return [.. Name(server), .. Name(mailbox), .. numbers];
    }

    private static byte[] Number(ushort value)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Strings of at most 255 octets; one that is empty when there is no text.</summary>
    private static byte[] Text(string content)
    {
        byte[] text = Encoding.ASCII.GetBytes(content.Trim('"'));
        return text.Length == 0 ? [0] : [.. text.Chunk(MaxStringLength).SelectMany(static part => part.Prepend((byte)part.Length))];
    }
}
