using System.Net;
using System.Net.Sockets;
using Raft.Jepsen.Running.Network.Namespaces;

namespace NexaLoak.Tests.Jepsen;

/// <summary>Sends numbered datagrams from the first namespace of a network to the second.</summary>
internal sealed class DatagramsUnderTest : IDisposable
{
    private readonly Socket _there;
    private readonly Socket _back;

    public DatagramsUnderTest(NamespaceNetwork network)
    {
        _there = OpenIn(network, 1);
        _back = OpenIn(network, 2);
        _back.Bind(new IPEndPoint(network.Api(2).Address, 7000));
        _there.Connect(_back.LocalEndPoint!);
    }

    public void Send(byte number) => _there.Send([number]);

    public async Task<byte[]> ReceiveAsync(int count)
    {
        byte[] numbers = new byte[count];
        for (int i = 0; i < count; i++)
        {
            await _back.ReceiveAsync(numbers.AsMemory(i, 1));
        }

        return numbers;
    }

    public void Dispose()
    {
        _there.Dispose();
        _back.Dispose();
    }

    private static Socket OpenIn(NamespaceNetwork network, ulong node)
    {
        Socket? socket = null;
        var inside = new Thread(() =>
        {
            network.Enter(node);
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        });
        inside.Start();
        inside.Join();
        return socket!;
    }
}
