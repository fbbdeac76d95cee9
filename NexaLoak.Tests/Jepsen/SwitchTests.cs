using System.Diagnostics;
using System.Net.Sockets;
using NUnit.Framework;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Running.Network.Namespaces;

namespace NexaLoak.Tests.Jepsen;

/// <summary>The packet switch between two network namespaces, as TCP and UDP see it.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SwitchTests
{
    private const int AllOfThem = 1_000_000, HalfOfThem = 500_000, TenPercent = 100_000;
    private const byte Datagrams = 20;

    [Test]
    public async Task Each_direction_is_cut_alone_and_what_was_sent_arrives_late()
    {
        await using var link = new SwitchUnderTest();
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));
        Assert.That(link.Count(1, 2, PacketFate.Cut), Is.Zero);

        link.Network.Cut(1, 2);
        await link.There.WriteAsync(new byte[] { 2 });
        await link.Back.WriteAsync(new byte[] { 3 });
        Assert.That(await LinkUnderTest.ReadAsync(link.There), Is.EqualTo(3), "the other direction is open");
        Task<int> late = LinkUnderTest.ReadAsync(link.Back);
        await Eventually.Holds(() => link.Count(1, 2, PacketFate.Cut) >= 2, "it was sent again");
        Assert.That(late.IsCompleted, Is.False);
        Assert.That(link.Count(2, 1, PacketFate.Cut), Is.Zero);
        link.Network.Heal(1, 2);
        Assert.That(await late, Is.EqualTo(2));
    }

    [Test]
    public async Task A_direction_that_is_down_and_cut_is_open_when_both_are_over()
    {
        await using var link = new SwitchUnderTest();
        await link.ConnectAsync();
        link.Network.Cut(1, 2);
        link.Network.Disturb(1, 2, new LinkFaults { IsDown = true });
        link.Network.Heal(1, 2);
        await link.There.WriteAsync(new byte[] { 1 });
        Task<int> late = LinkUnderTest.ReadAsync(link.Back);
        await Eventually.Holds(() => link.Count(1, 2, PacketFate.Cut) >= 2, "it was sent again");
        Assert.That(late.IsCompleted, Is.False);
        link.Network.HealAll();
        Assert.That(await late, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_slow_arrives_no_earlier_than_it_shall()
    {
        await using var link = new SwitchUnderTest();
        await link.ConnectAsync();
        link.Network.Disturb(1, 2, new LinkFaults { Delay = TimeSpan.FromMilliseconds(300), Jitter = TimeSpan.FromMilliseconds(10) });
        link.Network.Disturb(2, 1, new LinkFaults { BytesPerSecond = 200 });
        long began = Stopwatch.GetTimestamp();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));
        Assert.That(Stopwatch.GetElapsedTime(began), Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(300)));
        await link.Back.WriteAsync(new byte[] { 2 });
        Assert.That(await LinkUnderTest.ReadAsync(link.There), Is.EqualTo(2));
        Assert.That(Stopwatch.GetElapsedTime(began), Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(500)), "40 bytes of headers take 200 ms");
        Assert.That(link.Count(1, 2, PacketFate.Delayed), Is.Positive);
    }

    [Test]
    public async Task Tcp_gets_all_data_through_whatever_happens_to_packets([Values(
        PacketFate.Lost, PacketFate.Duplicated, PacketFate.HeldBack, PacketFate.Corrupted)] PacketFate fate)
    {
        await using var link = new SwitchUnderTest();
        await link.ConnectAsync();
        var faults = new LinkFaults
        {
            Loss = fate == PacketFate.Lost ? TenPercent : 0,
            Duplication = fate == PacketFate.Duplicated ? TenPercent : 0,
            Reordering = fate == PacketFate.HeldBack ? TenPercent : 0,
            Corruption = fate == PacketFate.Corrupted ? TenPercent : 0,
        };
        link.Network.Disturb(1, 2, faults);
        byte[] sent = new byte[200_000], received = new byte[sent.Length];
        new Random(1).NextBytes(sent);
        Task sending = link.There.WriteAsync(sent).AsTask();
        await link.Back.ReadExactlyAsync(received);
        await sending;
        Assert.That(received.AsSpan().SequenceEqual(sent));
        foreach (PacketFate other in (PacketFate[])[PacketFate.Lost, PacketFate.Duplicated, PacketFate.HeldBack, PacketFate.Corrupted])
        {
            Assert.That(link.Count(1, 2, other), other == fate ? Is.Positive : Is.Zero, $"{other}");
        }
    }

    [Test]
    public async Task Both_ends_see_a_reset_and_a_later_connection_is_made()
    {
        await using var link = new SwitchUnderTest();
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 1 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(1));
        link.Network.Disturb(1, 2, new LinkFaults { Resets = true });
        await link.There.WriteAsync(new byte[] { 2 });
        foreach (NetworkStream end in (NetworkStream[])[link.There, link.Back])
        {
            IOException? error = await Assert.ThrowsAsync<IOException>(async () => await end.ReadExactlyAsync(new byte[1]));
            Assert.That((error!.InnerException as SocketException)?.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
        }

        link.Network.Disturb(1, 2, LinkFaults.None);
        Assert.That(link.Count(1, 2, PacketFate.Reset), Is.Positive);
        await link.ConnectAsync();
        await link.There.WriteAsync(new byte[] { 3 });
        Assert.That(await LinkUnderTest.ReadAsync(link.Back), Is.EqualTo(3));
    }

    [Test]
    public async Task The_seed_decides_which_packets_are_lost()
    {
        string once = await ArrivedAsync(7);
        Assert.That(await ArrivedAsync(7), Is.EqualTo(once));
        Assert.That(await ArrivedAsync(8), Is.Not.EqualTo(once));

        static async Task<string> ArrivedAsync(ulong seed)
        {
            await using var link = new SwitchUnderTest(seed);
            link.Network.Disturb(1, 2, new LinkFaults { Loss = HalfOfThem });
            using var datagrams = new DatagramsUnderTest(link.Network);
            for (byte number = 0; number < 100; number++)
            {
                datagrams.Send(number);
            }

            await Eventually.Holds(() => link.Count(1, 2, PacketFate.Delivered) + link.Count(1, 2, PacketFate.Lost) == 100, "all have been sent");
            return string.Join(' ', await datagrams.ReceiveAsync((int)link.Count(1, 2, PacketFate.Delivered)));
        }
    }

    [Test]
    public async Task A_datagram_that_is_duplicated_arrives_twice()
    {
        byte[] arrived = await ArrivedAsync(new LinkFaults { Duplication = AllOfThem }, copies: 2);
        Assert.That(arrived, Is.EquivalentTo(Enumerable.Range(0, Datagrams).SelectMany(number => (byte[])[(byte)number, (byte)number])));
    }

    [Test]
    public async Task Datagrams_that_are_held_back_arrive_behind_later_ones()
    {
        byte[] arrived = await ArrivedAsync(new LinkFaults { Reordering = HalfOfThem }, copies: 1);
        Assert.That(arrived, Is.Unique.And.Length.EqualTo(Datagrams));
        Assert.That(arrived, Is.Not.Ordered);
    }

    [Test]
    public async Task A_datagram_with_a_wrong_bit_is_not_received()
    {
        await using var link = new SwitchUnderTest();
        using var datagrams = new DatagramsUnderTest(link.Network);
        link.Network.Disturb(1, 2, new LinkFaults { Corruption = AllOfThem });
        for (byte number = 0; number < Datagrams; number++)
        {
            datagrams.Send(number);
        }

        await Eventually.Holds(() => link.Count(1, 2, PacketFate.Delivered) == Datagrams, "all went through the switch");
        link.Network.Disturb(1, 2, LinkFaults.None);
        datagrams.Send(200);
        Assert.That(await datagrams.ReceiveAsync(1), Is.EqualTo((byte[])[200]));
    }

    [Test]
    public async Task No_more_packets_wait_than_there_is_room_for()
    {
        await using var link = new SwitchUnderTest();
        link.Network.Disturb(1, 2, new LinkFaults { Delay = TimeSpan.FromHours(1) });
        using var datagrams = new DatagramsUnderTest(link.Network);
        await Eventually.Holds(
            () =>
            {
                for (byte number = 0; number < 100; number++)
                {
                    datagrams.Send(number);
                }

                return link.Count(1, 2, PacketFate.Overflowed) > 0;
            },
            "one found no room");
        Assert.That(link.Count(1, 2, PacketFate.Delayed), Is.EqualTo(SwitchLink.MaxWaiting));
    }

    private static async Task<byte[]> ArrivedAsync(LinkFaults faults, int copies)
    {
        await using var link = new SwitchUnderTest();
        using var datagrams = new DatagramsUnderTest(link.Network);
        link.Network.Disturb(1, 2, faults);
        for (byte number = 0; number < Datagrams; number++)
        {
            datagrams.Send(number);
        }

        await Eventually.Holds(() => link.Count(1, 2, PacketFate.Delivered) == copies * Datagrams, "all went through the switch");
        return await datagrams.ReceiveAsync(copies * Datagrams);
    }
}
