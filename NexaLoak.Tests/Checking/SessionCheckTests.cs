using NUnit.Framework;

namespace NexaLoak.Tests.Checking;

/// <summary>Sessions: a command takes effect once, and all its attempts are told the same.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SessionCheckTests
{
    [Test]
    public void Attempts_with_different_replies_are_found() => Assert.That(
        Judgement.Of("1-5 w 1 s=1.1.1 reply=4", "2-6 w 1 s=1.1.2 reply=7", "8-9 r 1"), Is.EqualTo(new[] { "sessions: different-replies" }));

    [Test]
    public void Attempts_with_different_outcomes_are_found() => Assert.That(
        Judgement.Of("1-5 c - 1 s=1.1.1", "6-7! c - 1 s=1.1.2 reply=mismatch", "8-9 r 1"), Is.EqualTo(new[] { "sessions: different-replies" }));

    [Test]
    public void An_element_that_came_twice_is_its_commands_fault_and_the_lists() => Assert.That(
        Judgement.Of("1-? a 1 s=1.1.1", "2-3 a 1 s=1.1.2", "4-5 r [1 1]"),
        Is.EqualTo(new[] { "linearizable lists: duplicate", "sessions: applied-twice" }));

    [Test]
    public void A_transfer_that_was_applied_for_two_attempts_is_found() => Assert.That(
        Judgement.Of("bank a=10,b=10", "1-? t a b 4 s=1.1.1", "2-3 t a b 4 s=1.1.2", "4-5 r a=2,b=18"),
        Is.EqualTo(new[] { "bank balances: impossible-balance" }));

    [TestCase("1-5 w 1 s=1.1.1 reply=4", "2-6 w 1 s=1.1.2 reply=4", "8-9 r 1", TestName = "The same reply")]
    [TestCase("1-? w 1 s=1.1.1", "2-3! w 1 s=1.1.2", "4-5 w 1 s=1.1.3 reply=9", "8-9 r 1", TestName = "A refusal before the log is no reply")]
    [TestCase("1-2 w 1 s=1.1.1 reply=4", "3-4 w 2 s=1.2.1 reply=5", "5-6 w 3 s=2.1.1 reply=6", "8-9 r 3", TestName = "Different commands")]
    public void What_is_right_is_valid(params string[] lines) => Assert.That(Judgement.Of(lines), Is.Empty);
}
