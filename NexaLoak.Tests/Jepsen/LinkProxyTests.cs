using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using Raft.Jepsen.Running.Network;

namespace NexaLoak.Tests.Jepsen;

[Parallelizable(ParallelScope.All)]
internal sealed class LinkProxyTests
{
    [Test]
    public async Task Each_direction_is_cut_alone_and_what_was_sent_arrives_late()
    {
        await using var link = new LinkUnderTest();
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));

        link.ThereGate.Shut();
        await link.There.WriteAsync(new byte[] { 2 });
        await link.Back.WriteAsync(new byte[] { 3 });
        Assert.That(await LinkUnderTest.ReadAsync(link.There), Is.EqualTo(3), "the other direction is open");
        Task<int> late = LinkUnderTest.ReadAsync(link.Back);
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(late.IsCompleted, Is.False);
        link.ThereGate.Open();
        Assert.That(await late, Is.EqualTo(2));
    }

    [Test]
    public async Task The_end_of_a_connection_does_not_get_through_a_cut()
    {
        await using var link = new LinkUnderTest();
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));

        link.ThereGate.Shut();
        link.There.Socket.Shutdown(SocketShutdown.Send);
        Task<int> end = LinkUnderTest.ReadAsync(link.Back);
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(end.IsCompleted, Is.False);
        link.ThereGate.Open();
        Assert.That(await end, Is.EqualTo(-1));
    }

    [Test]
    public async Task No_connection_comes_about_while_a_direction_is_cut()
    {
        await using var link = new LinkUnderTest();
        link.BackGate.Shut();
        Task connected = link.ConnectAsync();
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(link.HasArrived, Is.False);
        link.BackGate.Open();
        await connected;
        Assert.That(link.HasArrived, Is.True);
    }

    [Test]
    public async Task A_target_that_is_not_there_ends_the_connection()
    {
        IPEndPoint nobody = LoopbackPort.Reserve();
        IPEndPoint listen = LoopbackPort.Reserve();
        await using var proxy = new LinkProxy(listen, nobody, new Gate(), new Gate());
        using var client = new TcpClient();
        await client.ConnectAsync(listen);
        Assert.That(await LinkUnderTest.ReadAsync(client.GetStream()), Is.EqualTo(-1));
    }
}
