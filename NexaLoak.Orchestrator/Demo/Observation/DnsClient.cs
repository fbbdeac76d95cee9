using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NexaLoak.Orchestrator.Demo.Observation;

/// <summary>Asks one DNS server for address records over UDP (RFC 1035), as a resolver would.</summary>
internal sealed class DnsClient(IPEndPoint server) : IDisposable
{
    private const int HeaderBytes = 12;
    private const ushort TypeA = 1;
    private const ushort ClassIn = 1;

    private readonly UdpClient _socket = Connect(server);
    private ushort _lastId;

    /// <summary>The addresses of <paramref name="domain"/> in ascending order; empty when the name has none.</summary>
    /// <exception cref="IOException">The server did not answer, or not in a way that can be read.</exception>
    public async Task<IReadOnlyList<IPAddress>> QueryAsync(string domain, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ushort id = ++_lastId;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        try
        {
            await _socket.SendAsync(Question(id, domain), patience.Token);
            while (true)
            {
                byte[] answer = (await _socket.ReceiveAsync(patience.Token)).Buffer;
                if (answer.Length >= HeaderBytes && BinaryPrimitives.ReadUInt16BigEndian(answer) == id)
                {
                    return Addresses(answer);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The DNS server at {server} did not answer within {timeout.TotalSeconds:0.#} s.");
        }
        catch (SocketException error)
        {
            throw new IOException($"The DNS server at {server} can't be reached: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static UdpClient Connect(IPEndPoint server)
    {
        var socket = new UdpClient(server.AddressFamily);
        socket.Connect(server);
        return socket;
    }

    private static byte[] Question(ushort id, string domain)
    {
        using var message = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        header[2] = 0x01; // recursion desired
        header[5] = 1; // one question
        message.Write(header);
        foreach (string label in domain.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.Write([0, 0, (byte)TypeA, 0, (byte)ClassIn]);
        return message.ToArray();
    }

    private List<IPAddress> Addresses(ReadOnlySpan<byte> message)
    {
        const int NameError = 3;
        int code = message[3] & 0x0F;
        if (code is not 0 and not NameError)
        {
            throw new IOException($"The DNS server at {server} answered with error {code}.");
        }

        try
        {
            return ReadAnswers(message);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new IOException($"The DNS server at {server} sent an answer that ends too early.", error);
        }
    }

    private static List<IPAddress> ReadAnswers(ReadOnlySpan<byte> message)
    {
        int at = HeaderBytes;
        for (int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]); questions > 0; questions--)
        {
            at = SkipName(message, at) + 4;
        }

        var addresses = new List<IPAddress>();
        for (int answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); answers > 0; answers--)
        {
            at = SkipName(message, at);
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            if (type == TypeA && length == 4)
            {
                addresses.Add(new IPAddress(message.Slice(at + 10, 4)));
            }

            at += 10 + length;
        }

        addresses.Sort((left, right) => left.GetAddressBytes().AsSpan().SequenceCompareTo(right.GetAddressBytes()));
        return addresses;
    }

    private static int SkipName(ReadOnlySpan<byte> message, int at)
    {
        const int Pointer = 0xC0;
        while (message[at] != 0)
        {
            if ((message[at] & Pointer) == Pointer)
            {
                return at + 2;
            }

            at += message[at] + 1;
        }

        return at + 1;
    }
}
