using NUnit.Framework;

namespace NexaLoak.Tests.Checking;

/// <summary>Banks: money neither comes nor goes, and nobody owes what he may not.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BankCheckTests
{
    [TestCase("bank balances: wrong-total", "bank a=10,b=10", "1-2 t a b 4", "3-4 r a=6,b=10", TestName = "Half a transfer")]
    [TestCase("bank balances: wrong-total", "bank a=10,b=10", "1-4 t a b 4", "2-3 r a=6,b=10", TestName = "Half a transfer under way")]
    [TestCase("bank balances: wrong-accounts", "bank a=10,b=10", "1-2 r a=20", TestName = "An account is missing")]
    [TestCase("bank balances: negative-balance", "bank a=10,b=10", "1-2 t a b 15", "3-4 r a=-5,b=25", TestName = "An account below zero")]
    [TestCase("bank balances: impossible-balance", "bank a=10,b=10", "1-2 t a b 4", "3-4 r a=10,b=10", TestName = "A transfer that is lost")]
    [TestCase("bank balances: impossible-balance", "bank a=10,b=10", "1-2 t a b 4", "3-4 r a=2,b=18", TestName = "A transfer that was applied twice")]
    [TestCase("bank balances: impossible-balance", "bank a=10,b=10", "1-2! t a b 4", "3-4 r a=6,b=14", TestName = "A transfer that failed")]
    [TestCase("bank balances: wrong-accounts", "bank a=10,b=10", "100-101 r - stale=50", "102-103 t a b 4", TestName = "No bank long after it was opened")]
    [TestCase("bank balances: wrong-accounts", "bank a=10,b=10", "3-4 r -", "5-6 t a b 4", TestName = "No bank")]
    [TestCase("bank balances: undecided", "1-2 t a b 4", "3-4 r a=6,b=14", TestName = "A bank that was not opened")]
    public void What_is_wrong_is_found(string anomaly, params string[] lines) => Assert.That(Judgement.Of(lines), Is.EqualTo(new[] { anomaly }));

    [TestCase("bank a=10,b=10", "1-2 t a b 4", "3-4 r a=6,b=14", TestName = "A transfer")]
    [TestCase("bank a=10,b=10", "1-? t a b 4", "2-3 r a=10,b=10", "4-5 r a=6,b=14", TestName = "An unknown transfer")]
    [TestCase("bank a=10,b=10", "3-4 r - stale=50", "5-6 t a b 4", TestName = "A stale read of before a bank was opened")]
    [TestCase("bank a=10,b=10", "100-101 r - stale", "102-103 t a b 4", TestName = "A read of any age of before a bank was opened")]
    [TestCase("bank a=10,b=10 overdraft", "1-2 t a b 15", "3-4 r a=-5,b=25", TestName = "An overdraft that is allowed")]
    public void What_is_right_is_valid(params string[] lines) => Assert.That(Judgement.Of(lines), Is.Empty);
}
