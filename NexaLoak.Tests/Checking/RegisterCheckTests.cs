using NUnit.Framework;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Checking.Registers;

namespace NexaLoak.Tests.Checking;

/// <summary>Registers: what no order explains is found and named, and nothing else is.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RegisterCheckTests
{
    [TestCase("stale-read", "1-2 w 1", "3-4 w 2", "5-6 r 1", TestName = "A value that was replaced")]
    [TestCase("stale-read", "1-2 w 1", "3-4 r -", TestName = "A write that is not there")]
    [TestCase("stale-read", "1-2 w 1", "3-4 w 2", "5-6 r 2", "7-8 r 1", TestName = "A write that was applied twice")]
    [TestCase("stale-read", "1-20 w 1", "2-21 w 2", "3-4 r 1", "5-6 r 2", "7-8 r 1", TestName = "Two sides of a split brain")]
    [TestCase("stale-read", "1-? w 1", "2-3 w 2", "4-5 r 1", "6-7 r 2", TestName = "Back before an unknown write that was seen")]
    [TestCase("lost-update", "1-2 w 1", "3-7 c 1 2", "4-6 c 1 3", TestName = "Two that replaced the same value")]
    [TestCase("lost-update", "1-2 c - 1", "3-4 c - 2", TestName = "Two that created the register")]
    [TestCase("no-order", "1-2 w 1", "3-4 w 2", "5-6 c 1 3", TestName = "A compare with what was replaced")]
    [TestCase("phantom-value", "1-2 w 1", "3-4 r 9", TestName = "A value that nobody wrote")]
    [TestCase("phantom-value", "1-2 c 7 8", TestName = "A compare with a value that nobody wrote")]
    [TestCase("failed-write-seen", "1-2 w 1", "3-4! w 2", "5-6 r 2", TestName = "A write that failed")]
    [TestCase("failed-write-seen", "1-2 w 1", "3-4! c 1 2", "5-6 r 2", TestName = "A compare that failed")]
    [TestCase("future-read", "1-2 r 5", "3-4 w 5", TestName = "A value that was written later")]
    public void What_has_no_order_is_found(string anomaly, params string[] lines) =>
        Assert.That(Judgement.Of(lines), Is.EqualTo(new[] { $"linearizable registers: {anomaly}" }));

    [TestCase("1-4 w 1", "2-5 w 2", "6-7 r 1", TestName = "Either of two writes at the same time may be last")]
    [TestCase("1-4 w 1", "2-3 r -", "5-6 r 1", TestName = "A read during a write sees either value")]
    [TestCase("1-10 w 1", "2-3 r 1", "4-9 r 1", TestName = "A write takes effect before its end")]
    [TestCase("1-? w 1", "2-3 w 2", "4-5 r 2", "6-7 r 1", "8-9 r 1", TestName = "An unknown write takes effect late")]
    [TestCase("1-? w 1", "2-3 w 2", "4-5 r 2", TestName = "An unknown write never takes effect")]
    [TestCase("1-? c - 1", "2-? c 1 2", "3-4 r 2", TestName = "One unknown compare builds on another")]
    [TestCase("1-? c 1 2", "2-? w 1", "3-4 r -", "5-6 r 2", "7-8 r 2", TestName = "Unknown operations in the opposite order")]
    [TestCase("1-2 w 1", "3-4! c 5 2", "5-6 r 1", TestName = "What failed is not there")]
    [TestCase("1-2 w 1", "3-4 w 2", "5-6 w 1", "7-8 r 1", TestName = "A value that was written again")]
    [TestCase("1-2 w 1", "3-? r 7", "4-5 r 1", TestName = "A read without an answer says nothing")]
    [TestCase("1-2 w 1 k=x", "3-4 w 2 k=y", "5-6 r 1 k=x", TestName = "Each key for itself")]
    [TestCase("1-? w 1 s=1.1.1", "2-3 w 1 s=1.1.2", "4-5 w 2", "6-7 r 2", TestName = "All attempts of one command are one write")]
    public void What_has_an_order_is_valid(params string[] lines) => Assert.That(Judgement.Of(lines), Is.Empty);

    [Test]
    public void A_commands_second_attempt_does_not_happen_again() => Assert.That(
        Judgement.Of("1-? w 1 s=1.1.1", "2-3 w 1 s=1.1.2", "4-5 w 2", "6-7 r 2", "8-9 r 1"), Is.EqualTo(new[] { "linearizable registers: stale-read" }));

    [Test]
    public void A_counter_example_has_few_operations()
    {
        IEnumerable<string> noise = Enumerable.Range(1, 200).Select(i => $"{100 * i}-{(100 * i) + 150} w {1000 + i}");
        IEnumerable<string> reads = Enumerable.Range(1, 200).Select(i => $"{(100 * i) + 151}-{(100 * i) + 199} r {1000 + i}");
        string[] bad = ["10007-10009 w 1 p=1", "10011-10013 w 2 p=2", "10015-10017 r 1 p=3"];

        Assert.That(
            Judgement.Shown([.. noise, .. reads, .. bad]).Select(shown => string.Join(' ', shown.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..])),
            Is.EqualTo(new[] { "process 1 write k 1 -> ok", "process 2 write k 2 -> ok", "process 3 read k -> 1" }));
    }

    [Test]
    public void A_counter_example_has_the_writes_of_what_it_sees() => Assert.That(
        Judgement.Shown("1-20 w 1", "2-3 r 1", "4-5 r -").Select(shown => string.Join(' ', shown.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..])),
        Is.EqualTo(new[] { "write k 1 -> ok", "read k -> 1", "read k -> absent" }));

    /// <summary>In either order of the first two, the same operations have a place; only one order goes on.</summary>
    [Test]
    public void The_same_operations_may_leave_different_values() => Assert.That(
        Judgement.Of(
            "1-10 w 1", "2-11 w 2", "12-15 c 1 9", "13-30 w 7", "14-31 w 8", "32-33 w 1",
            "34-35 w 7", "36-37 r 7", "38-39 w 8", "40-41 r 8", "42-43 w 2", "44-45 r 2"),
        Is.Empty);

    [Test]
    public void What_nobody_wrote_needs_no_search() => Assert.That(
        new RegisterLinearizability(1).Check(HistoryText.Parse("1-2 w 1", "3-4 r 1", "5-6 w 2", "7-8 r 9")).Findings.Single().Anomaly,
        Is.EqualTo("phantom-value"));

    [Test]
    public void A_search_that_takes_too_long_is_no_verdict()
    {
        CheckResult result = new RegisterLinearizability(3).Check(HistoryText.Parse("1-2 w 1", "3-4 r 1", "5-6 w 2", "7-8 r 2", "9-10 r 2"));

        Assert.That((result.Verdict, result.Undecided.Count), Is.EqualTo((Verdict.Unknown, 1)));
    }
}
