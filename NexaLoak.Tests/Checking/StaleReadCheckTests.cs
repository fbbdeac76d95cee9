using NUnit.Framework;

namespace NexaLoak.Tests.Checking;

/// <summary>Stale reads: they may be as old as they say, and not older.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class StaleReadCheckTests
{
    [TestCase("too-stale", "1-2 w 1", "3-4 w 2", "100-101 r 1 stale=50", TestName = "A value that is too old")]
    [TestCase("too-stale", "1-2 w 1", "100-101 r - stale=50", TestName = "Nothing after a write")]
    [TestCase("too-stale", "1-2 w 1", "3-? w 2", "5-6 r 2", "100-101 r 1 stale=50", TestName = "An unknown write that was read")]
    [TestCase("phantom-value", "1-2 w 1", "100-101 r 7 stale", TestName = "A value that nobody wrote")]
    [TestCase("phantom-value", "1-2! w 1", "100-101 r 1 stale", TestName = "A value whose write failed")]
    [TestCase("phantom-value", "1-2 r 5 stale", "3-4 w 5", TestName = "A value that was written later")]
    [TestCase("went-back", "1-2 w 1", "3-4 w 2", "5-6 r 2 stale n=2.1 p=9", "7-8 r 1 stale n=2.1 p=9", TestName = "Back on one node")]
    [TestCase("went-back", "1-2 w 1", "5-6 r 1 n=2.1 p=9", "7-8 r - stale n=2.1 p=9", TestName = "Back after a linearizable read")]
    [TestCase("too-stale", "1-2 a 1", "3-4 a 2", "5-6 r [1 2]", "100-101 r [1] stale=50", TestName = "A list that is too old")]
    [TestCase("too-stale", "1-2 a 1", "100-101 r - stale=50", "102-103 r [1]", TestName = "An empty list")]
    [TestCase("too-stale", "1-? a 1", "5-6 r [1]", "100-101 r [] stale=50", TestName = "A list that was read longer")]
    [TestCase("incompatible-order", "1-9 a 1", "2-8 a 2", "10-11 r [1 2]", "12-13 r [2] stale", TestName = "A list in another order")]
    [TestCase("incompatible-order", "1-9 a 1", "2-8 a 2", "3-4 r -", "10-11 r [1] stale", "12-13 r [2] stale", TestName = "Two lists on two nodes")]
    [TestCase("phantom-value", "1-2 a 1", "3-4 r [1 7] stale", "5-6 r [1]", TestName = "An element that nobody appended")]
    [TestCase("went-back", "1-2 a 1", "3-4 a 2", "5-6 r [1 2] stale n=2.1 p=9", "7-8 r [1] stale n=2.1 p=9", TestName = "A list that became shorter")]
    [TestCase("too-stale", "bank a=9,b=0", "1-2 t a b 4", "100-101 r a=9,b=0 stale=50", TestName = "A bank that is too old")]
    public void What_is_wrong_is_found(string anomaly, params string[] lines) =>
        Assert.That(Judgement.Of(lines), Is.EqualTo(new[] { $"stale reads: {anomaly}" }));

    [TestCase("1-2 w 1", "3-60 w 2", "100-101 r 1 stale=50", TestName = "A value that is old enough")]
    [TestCase("1-2 w 1", "3-4 w 2", "100-101 r 1 stale", TestName = "Any age is allowed")]
    [TestCase("1-2 w 1", "3-4 w 2", "5-6 r 2 stale n=2.1 p=9", "7-8 r 1 stale n=3.1 p=9", TestName = "Back on another node")]
    [TestCase("1-2 w 1", "3-4 w 2", "5-6 r 2 stale n=2.1 p=9", "7-8 r 1 stale n=2.2 p=9", TestName = "Back after a restart")]
    [TestCase("1-2 w 1", "3-4 w 2", "5-6 r 2 stale n=2.1 p=9", "7-8 r 1 stale n=2.1 p=8", TestName = "Another process")]
    [TestCase("1-9 w 1", "2-8 w 2", "10-11 r 2 stale n=2.1 p=9", "12-13 r 1 stale n=2.1 p=9", TestName = "Either may be the later one")]
    [TestCase("1-2 a 1", "3-60 a 2", "100-101 r [1] stale=50", "102-103 r [1 2]", TestName = "A list that is old enough")]
    [TestCase("1-2 a 1", "3-4 a 2", "5-6 r [1] stale", "7-8 r [1 2]", TestName = "A list of any age")]
    [TestCase("bank a=9,b=0", "1-2 t a b 4", "3-4 r a=9,b=0 stale=50", TestName = "A bank that is old enough")]
    public void What_is_right_is_valid(params string[] lines) => Assert.That(Judgement.Of(lines), Is.Empty);
}
