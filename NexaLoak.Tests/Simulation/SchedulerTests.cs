using NUnit.Framework;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class SchedulerTests
{
    [Test]
    public void Events_come_in_the_order_of_their_times_and_each_once()
    {
        var random = new RandomStream(5);
        var scheduler = new Scheduler(6);
        var times = new List<long>();
        for (int i = 0; i < 5000; i++)
        {
            times.Add(random.Between(0, 1000));
            scheduler.At(times[^1], new SimulationEvent(EventKind.Tick, 0, 0, i));
        }

        var seen = new List<(long Time, long Place)>();
        while (scheduler.TryNext(out SimulationEvent next))
        {
            seen.Add((scheduler.Now, next.Argument));
        }

        Assert.That(seen.Select(happened => happened.Time), Is.Ordered);
        Assert.That(seen.Select(happened => happened.Time), Is.EqualTo(seen.Select(happened => times[(int)happened.Place])));
        Assert.That(seen.Select(happened => happened.Place).Distinct().Count(), Is.EqualTo(5000));
    }

    [Test]
    public void Simultaneous_events_come_in_an_order_that_the_seed_draws()
    {
        long[] first = Order(1);
        Assert.That(Order(1), Is.EqualTo(first));
        Assert.That(Order(2), Is.Not.EqualTo(first));
        Assert.That(first, Is.Not.Ordered);
    }

    /// <summary>Else a fault that is left out would change the order of all events after it.</summary>
    [Test]
    public void An_event_more_moves_no_other()
    {
        long[] without = Order(3);
        long[] with = Order(3, extra: true);
        Assert.That(with.Where(place => place < 20), Is.EqualTo(without));
    }

    [Test]
    public void What_one_stream_draws_does_not_depend_on_another()
    {
        var streams = new RandomStreams(9);
        RandomStream alone = streams.Open(RandomPurpose.Link, 1, 2);
        ulong[] expected = [alone.Next(), alone.Next(), alone.Next()];
        RandomStream again = streams.Open(RandomPurpose.Link, 1, 2);
        RandomStream other = streams.Open(RandomPurpose.Link, 2, 1);
        foreach (ulong draw in expected)
        {
            Assert.That(other.Next(), Is.Not.EqualTo(draw));
            Assert.That(again.Next(), Is.EqualTo(draw));
        }
    }

    private static long[] Order(ulong seed, bool extra = false)
    {
        var scheduler = new Scheduler(seed);
        if (extra)
        {
            scheduler.At(1, new SimulationEvent(EventKind.Fault, 0, 0, 99));
        }

        for (int i = 0; i < 20; i++)
        {
            scheduler.At(1, new SimulationEvent(EventKind.Tick, 0, 0, i));
        }

        var order = new List<long>();
        while (scheduler.TryNext(out SimulationEvent next))
        {
            order.Add(next.Argument);
        }

        return [.. order];
    }
}
