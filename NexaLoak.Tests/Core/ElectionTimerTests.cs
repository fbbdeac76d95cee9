using NUnit.Framework;
using Raft.Core.Consensus;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class ElectionTimerTests
{
    [Test]
    public void Timeouts_cover_one_to_two_election_timeouts([Values(2, 7, 10, 100)] int electionTicks)
    {
        var timer = new ElectionTimer(electionTicks, seed: 42);
        var drawn = new HashSet<int>();
        for (int i = 0; i < 50 * electionTicks; i++)
        {
            timer.Redraw();
            drawn.Add(timer.Timeout);
        }

        Assert.That(drawn.Min(), Is.EqualTo(electionTicks));
        Assert.That(drawn.Max(), Is.EqualTo((2 * electionTicks) - 1));
    }

    [Test]
    public void The_lease_ends_with_the_shortest_timeout_and_a_restart_begins_it_anew()
    {
        var timer = new ElectionTimer(10, seed: 1);
        for (int i = 0; i < 10; i++)
        {
            Assert.That(timer.IsWithinLease, Is.True);
            timer.Tick();
        }

        Assert.That(timer.IsWithinLease, Is.False);
        int timeout = timer.Timeout;
        timer.Restart();
        Assert.That((timer.IsWithinLease, timer.Elapsed, timer.Timeout), Is.EqualTo((true, 0, timeout)));
    }

    [Test]
    public void An_extension_is_one_tick_to_a_fifth_of_the_election_timeout([Values(3, 5, 10, 100)] int electionTicks)
    {
        var timer = new ElectionTimer(electionTicks, seed: 42);
        var drawn = new HashSet<int>();
        for (int i = 0; i < 50 * electionTicks; i++)
        {
            timer.Tick();
            timer.Extend();
            drawn.Add(timer.Timeout - timer.Elapsed);
        }

        Assert.That(drawn.Order(), Is.EqualTo(Enumerable.Range(1, Math.Max(1, electionTicks / 5))));
    }

    [Test]
    public void The_same_seed_draws_the_same_and_neighbours_differ()
    {
        int[] Draw(ulong seed)
        {
            var timer = new ElectionTimer(1000, seed);
            return [.. Enumerable.Range(0, 20).Select(_ =>
            {
                timer.Redraw();
                return timer.Timeout;
            })];
        }

        int[] first = Draw(7);
        int[] again = Draw(7);
        Assert.That(again, Is.EqualTo(first));
        Assert.That(Draw(8), Is.Not.EqualTo(first));
    }
}
