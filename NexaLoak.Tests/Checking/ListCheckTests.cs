using NUnit.Framework;

namespace NexaLoak.Tests.Checking;

/// <summary>Lists: each way in which they can be wrong is found and named, and nothing else is.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ListCheckTests
{
    [TestCase("lost-append", "1-2 a 1", "3-4 a 2", "5-6 r [2]", TestName = "An acknowledged append that no read saw")]
    [TestCase("lost-append", "1-2 a 1", "3-4 r -", TestName = "An empty list after an append")]
    [TestCase("lost-append", "1-2 a 1", "3-4 a 2", "5-6 r [2]", "7-? a 3", TestName = "An unknown append is not missed")]
    [TestCase("stale-read", "1-2 a 1", "3-4 r -", "5-6 r [1]", TestName = "A read that misses an acknowledged append")]
    [TestCase("stale-read", "1-? a 1", "2-3 r [1]", "4-5 r []", TestName = "A read that misses what another saw before")]
    [TestCase("duplicate", "1-2 a 1", "3-4 a 2", "5-6 r [1 2 1]", TestName = "An element twice")]
    [TestCase("incompatible-order", "1-9 a 1", "2-8 a 2", "10-11 r [1 2]", "12-13 r [2 1]", TestName = "Two orders")]
    [TestCase("incompatible-order", "1-9 a 1", "2-8 a 2", "3-4 r [1]", "5-6 r [2]", TestName = "Two sides of a split brain")]
    [TestCase("reordered", "1-2 a 1", "3-4 a 2", "5-6 r [2 1]", TestName = "An order against real time")]
    [TestCase("phantom-value", "1-2 a 1", "3-4 r [1 9]", TestName = "An element that nobody appended")]
    [TestCase("failed-append-seen", "1-2 a 1", "3-4! a 2", "5-6 r [1 2]", TestName = "An append that failed")]
    [TestCase("future-read", "1-2 r [5]", "3-4 a 5", "5-6 r [5]", TestName = "An element before its append")]
    [TestCase("future-read", "1-2 r [5]", "3-4 a 5", "5-6 a 6", "7-8 r [5 6]", TestName = "An element before its append and a longer read")]
    public void What_is_wrong_is_found(string anomaly, params string[] lines) =>
        Assert.That(Judgement.Of(lines), Is.EqualTo(new[] { $"linearizable lists: {anomaly}" }));

    [TestCase("1-9 a 1", "2-8 a 2", "3-4 r [2]", "10-11 r [2 1]", TestName = "Appends at the same time come in any order")]
    [TestCase("1-? a 1", "2-3 a 2", "4-5 r [2]", "6-7 r [2 1]", TestName = "An unknown append comes late")]
    [TestCase("1-? a 1", "2-3 a 2", "4-5 r [2]", TestName = "An unknown append never comes")]
    [TestCase("1-2! a 1", "3-4 a 2", "5-6 r [2]", TestName = "What failed is not there")]
    [TestCase("1-9 a 1", "2-3 r -", "4-5 r [1]", "6-7 r [1]", TestName = "Reads during an append")]
    [TestCase("1-2 a 1", "3-4 a 2", TestName = "Nobody reads")]
    [TestCase("1-? a 1 s=1.1.1", "2-3 a 1 s=1.1.2", "4-5 a 2", "6-7 r [1 2]", TestName = "All attempts of one command are one append")]
    public void What_is_right_is_valid(params string[] lines) => Assert.That(Judgement.Of(lines), Is.Empty);

    [Test]
    public void Both_operations_that_contradict_each_other_are_shown() => Assert.That(
        Judgement.Shown("1-2 a 1 p=1", "3-4 a 2 p=1", "5-6 r [1 2] p=2", "7-8 r [1] p=3"), Is.EqualTo(new[]
        {
            "lines 3-4        process 1    append k 2 -> ok",
            "lines 7-8        process 3    read k -> [1]",
        }));
}
