using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Reconciliation;
using NUnit.Framework;

namespace NexaLoak.Tests.Reconciliation;

[TestFixture]
internal sealed class RetryDelayTests
{
    [TestCase(1u, 5)]
    [TestCase(2u, 10)]
    [TestCase(4u, 40)]
    [TestCase(5u, 60)]
    [TestCase(uint.MaxValue, 60)]
    public void A_transient_failure_is_waited_out_twice_as_long_each_time(uint attempt, int seconds) =>
        Assert.That(After(new DnsException(DnsFailure.Transient, ""), attempt), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase(30, 30)]
    [TestCase(0, 5)]
    [TestCase(100_000, 3_600)]
    public void A_rate_limit_is_waited_out_as_asked_within_bounds(int asked, int seconds) => Assert.That(
        After(new DnsException(DnsFailure.RateLimited, "", TimeSpan.FromSeconds(asked)), 1), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public void What_an_operator_has_to_remedy_is_tried_slowly() =>
        Assert.That(After(new DnsException(DnsFailure.Unauthorized, ""), 1), Is.EqualTo(TimeSpan.FromSeconds(60)));

    private static TimeSpan After(DnsException failure, uint attempt) => RetryDelay.After(failure, attempt, new ReconcilerOptions { Cluster = "c1" });
}
