using NUnit.Framework;
using Raft.Jepsen.Checking;

namespace NexaLoak.Tests.Checking;

/// <summary>Final reads: in the end, everything that was acknowledged is there.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FinalReadCheckTests
{
    [Test]
    public void A_lost_append_is_found() => Assert.That(
        Judgement.Of("1-2 a 1", "3-4 a 2", "5 final", "6-7 r [1]"),
        Is.EqualTo(new[] { "linearizable lists: lost-append", "final reads: lost-append" }));

    [Test]
    public void A_lost_write_is_found() => Assert.That(
        Judgement.Of("1-2 w 1", "3-4 w 2", "5 final", "6-7 r 1"),
        Is.EqualTo(new[] { "linearizable registers: stale-read", "final reads: lost-write" }));

    [Test]
    public void A_lost_write_is_found_even_where_the_search_gives_up()
    {
        HistoryVerdict verdict = new HistoryChecker(1).Check(HistoryText.Parse("1-2 w 1", "3-4 r 1", "5-6 w 2", "7 final", "8-9 r 1"));

        Assert.That(verdict.Results[0].Undecided, Has.Count.EqualTo(1));
        Assert.That(verdict.Results.SelectMany(result => result.Findings).Single().Anomaly, Is.EqualTo("lost-write"));
    }

    [TestCase("1-2 w 1", "5 final", "6-7! r 1", TestName = "No final read of a register succeeded")]
    [TestCase("1-2 a 1", "3-4 r [1]", "5 final", TestName = "No final read of a list")]
    [TestCase("1-2 a 1", "5 final", "6-7 r [1] stale", TestName = "A stale read is no final read")]
    public void What_was_not_read_in_the_end_is_not_decided(params string[] lines) =>
        Assert.That(Judgement.Of(lines), Is.EqualTo(new[] { "final reads: undecided" }));

    [TestCase("1-2 w 1", "3-4 w 2", "5 final", "6-7 r 2", "8-9 r 2", TestName = "The last write")]
    [TestCase("1-8 w 1", "3-4 w 2", "9 final", "10-11 r 1", TestName = "One of the last writes")]
    [TestCase("1-? w 1", "3-4 w 2", "5 final", "6-7 r 1", TestName = "An unknown write")]
    [TestCase("1-2 a 1", "3-? a 2", "5 final", "6-7 r [1]", TestName = "An unknown append is not missed")]
    [TestCase("1-2! w 1", "5 final", "6-7 r -", "8-9 r - k=other", TestName = "Nothing was acknowledged")]
    public void What_is_complete_is_valid(params string[] lines) => Assert.That(Judgement.Of(lines), Is.Empty);

    [Test]
    public void A_history_in_which_nothing_succeeded_shows_nothing() => Assert.That(
        Judgement.Of("1-2! w 1", "3-? w 2"), Is.EqualTo(new[] { "contents: undecided" }));
}
