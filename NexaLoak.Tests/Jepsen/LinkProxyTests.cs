using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Simulation;

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

        link.ThereWay.Cut();
        await link.There.WriteAsync(new byte[] { 2 });
        await link.Back.WriteAsync(new byte[] { 3 });
        Assert.That(await LinkUnderTest.ReadAsync(link.There), Is.EqualTo(3), "the other direction is open");
        Task<int> late = LinkUnderTest.ReadAsync(link.Back);
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(late.IsCompleted, Is.False);
        link.ThereWay.Heal();
        Assert.That(await late, Is.EqualTo(2));
    }

    [Test]
    public async Task The_end_of_a_connection_does_not_get_through_a_cut()
    {
        await using var link = new LinkUnderTest();
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));

        link.ThereWay.Cut();
        link.There.Socket.Shutdown(SocketShutdown.Send);
        Task<int> end = LinkUnderTest.ReadAsync(link.Back);
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(end.IsCompleted, Is.False);
        link.ThereWay.Heal();
        Assert.That(await end, Is.EqualTo(-1));
    }

    [Test]
    public async Task No_connection_comes_about_while_a_direction_is_cut()
    {
        await using var link = new LinkUnderTest();
        link.BackWay.Cut();
        Task connected = link.ConnectAsync();
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(link.HasArrived, Is.False);
        link.BackWay.Heal();
        await connected;
        Assert.That(link.HasArrived, Is.True);
    }

    [Test]
    public async Task What_is_down_and_cut_passes_when_both_are_over()
    {
        await using var link = new LinkUnderTest();
        await link.ConnectAsync();
        link.ThereWay.Cut();
        link.ThereWay.Disturb(new LinkFaults { IsDown = true });
        await link.There.WriteAsync(new byte[] { 1 });
        Task<int> late = LinkUnderTest.ReadAsync(link.Back);
        link.ThereWay.Heal();
        await LinkUnderTest.LetTimePassAsync();
        Assert.That(late.IsCompleted, Is.False);
        link.ThereWay.Disturb(LinkFaults.None);
        Assert.That(await late, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_slow_arrives_no_earlier_than_it_shall()
    {
        await using var link = new LinkUnderTest();
        await link.ConnectAsync();
        link.ThereWay.Disturb(new LinkFaults { Delay = TimeSpan.FromMilliseconds(300), Jitter = TimeSpan.FromMilliseconds(10) });
        link.BackWay.Disturb(new LinkFaults { BytesPerSecond = 5 });
        long began = Stopwatch.GetTimestamp();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));
        Assert.That(Stopwatch.GetElapsedTime(began), Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(300)));
        await link.Back.WriteAsync(new byte[] { 2 });
        Assert.That(await LinkUnderTest.ReadAsync(link.There), Is.EqualTo(2));
        Assert.That(Stopwatch.GetElapsedTime(began), Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(500)), "a byte takes 200 ms at 5 a second");
    }

    [Test]
    public async Task Both_ends_see_a_reset_and_a_later_connection_is_made()
    {
        await using var link = new LinkUnderTest();
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));
        link.BackWay.Disturb(new LinkFaults { Resets = true });
        foreach (NetworkStream end in (NetworkStream[])[link.There, link.Back])
        {
            IOException? error = await Assert.ThrowsAsync<IOException>(async () => await end.ReadExactlyAsync(new byte[1]));
            Assert.That((error!.InnerException as SocketException)?.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
        }

        link.BackWay.Disturb(LinkFaults.None);
        Assert.That(link.BackWay.ResetConnections, Is.EqualTo(1));
        await link.ConnectAgainAsync();
        await link.There.WriteAsync(new byte[] { 2 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(2));
    }

    [Test]
    public async Task A_target_that_is_not_there_ends_the_connection()
    {
        IPEndPoint nobody = LoopbackPort.Reserve();
        IPEndPoint listen = LoopbackPort.Reserve();
        using var way = new ProxyDirection(new RandomStream(1));
        await using var proxy = new LinkProxy(listen, nobody, way, way);
        using var client = new TcpClient();
        await client.ConnectAsync(listen);
        Assert.That(await LinkUnderTest.ReadAsync(client.GetStream()), Is.EqualTo(-1));
    }
}
