using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NexaLoak.Tests.Emulator;

/// <summary>Asks a name server, with messages written here from RFC 1035 and not by the code under test.</summary>
internal sealed class DnsTestClient(IPEndPoint server)
{
    public const int Truncated = 0x0200;
    public const int Authoritative = 0x0400;

    /// <summary>A query for a name; <paramref name="extension"/> adds an EDNS record of version 0 with a payload of 1232 bytes.</summary>
    public static byte[] Query(string name, ushort type, bool extension = false)
    {
        List<byte> bytes = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, extension ? (byte)1 : (byte)0];
        foreach (string label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (extension)
        {
            bytes.AddRange([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0]);
        }

        return [.. bytes];
    }

    public async Task<byte[]> AskUdpAsync(byte[] query, CancellationToken cancellationToken)
    {
        using var udp = new UdpClient(AddressFamily.InterNetwork);
        udp.Connect(server);
        while (true)
        {
            // A datagram may be lost even on loopback when its receiver is slow: ask again.
            await udp.SendAsync(query, cancellationToken);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            wait.CancelAfter(TimeSpan.FromSeconds(5));
            try
            {
                return (await udp.ReceiveAsync(wait.Token)).Buffer;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    public async Task<byte[]> AskTcpAsync(byte[] query, CancellationToken cancellationToken)
    {
        using var tcp = new TcpClient(AddressFamily.InterNetwork);
        await tcp.ConnectAsync(server, cancellationToken);
        NetworkStream stream = tcp.GetStream();
        await stream.WriteAsync((byte[])[(byte)(query.Length >> 8), (byte)query.Length, .. query], cancellationToken);
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return answer;
    }

    public async Task<string[]> AddressesAsync(string name, CancellationToken cancellationToken)
        => Addresses(await AskUdpAsync(Query(name, 1), cancellationToken));

    public static int Flags(byte[] answer) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(2));

    public static int Code(byte[] answer) => answer[3] & 0xF;

    public static int AnswerCount(byte[] answer) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));

    public static int AuthorityCount(byte[] answer) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(8));

    /// <summary>The IPv4 addresses among the answers.</summary>
    public static string[] Addresses(byte[] answer)
    {
        List<string> addresses = [];
        int position = SkipName(answer, 12) + 4;
        for (int i = 0; i < AnswerCount(answer); i++)
        {
            position = SkipName(answer, position);
            int type = BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(position));
            int length = BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(position + 8));
            if (type == 1)
            {
                addresses.Add(new IPAddress(answer.AsSpan(position + 10, length)).ToString());
            }

            position += 10 + length;
        }

        return [.. addresses];
    }

    private static int SkipName(byte[] message, int position)
    {
        while (message[position] is > 0 and < 0xC0)
        {
            position += message[position] + 1;
        }

        return position + (message[position] == 0 ? 1 : 2);
    }
}
