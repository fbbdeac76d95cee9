using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using Raft.Jepsen.Running.Network.Namespaces;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Jepsen;

/// <summary>A network of two namespaces, 1 and 2, and a connection of the first to the second.</summary>
internal sealed class SwitchUnderTest : IAsyncDisposable
{
    private Socket? _listener;
    private Socket? _there;
    private Socket? _back;

    public SwitchUnderTest(ulong seed = 1)
    {
        Require();
        Network = new NamespaceNetwork(new RandomStreams(seed));
        Network.Add(1);
        Network.Add(2);
    }

    public NamespaceNetwork Network { get; }

    /// <summary>The end in the first namespace.</summary>
    public NetworkStream There => new(_there!);

    /// <summary>The end in the second namespace.</summary>
    public NetworkStream Back => new(_back!);

    /// <summary>Leaves a test out where this network can't be made.</summary>
    public static void Require()
    {
        if (NamespaceNetwork.Probe() is { } obstacle)
        {
            Assert.Ignore($"network namespaces and TUN devices can't be used here: {obstacle}");
        }
    }

    public async Task ConnectAsync()
    {
        var target = new IPEndPoint(Network.Api(2).Address, 7000);
        if (_listener is null)
        {
            _listener = await Network.OpenSocketAsync(target.Address);
            _listener.Bind(target);
            _listener.Listen();
        }

        _there?.Dispose();
        _back?.Dispose();
        _there = await Network.OpenSocketAsync(Network.Api(1).Address);
        _there.NoDelay = true;
        await _there.ConnectAsync(target);
        _back = await _listener.AcceptAsync();
        _back.NoDelay = true;
    }

    public long Count(ulong from, ulong to, PacketFate fate) => Network.Count(from, to, fate);

    public async ValueTask DisposeAsync()
    {
        _there?.Dispose();
        _back?.Dispose();
        _listener?.Dispose();
        await Network.DisposeAsync();
    }
}
