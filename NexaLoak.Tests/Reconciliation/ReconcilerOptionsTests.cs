using System.ComponentModel.DataAnnotations;
using NexaLoak.Orchestrator.Reconciliation;
using NUnit.Framework;

namespace NexaLoak.Tests.Reconciliation;

[TestFixture]
internal sealed class ReconcilerOptionsTests
{
    private static readonly ReconcilerOptions Valid = new() { Cluster = "c1" };

    private static IEnumerable<TestCaseData> Invalid =>
    [
        new TestCaseData(Valid with { Cluster = "a:b" }, "Reconciler:Cluster must be 1 to 32 lower-case letters, digits and hyphens."),
        new TestCaseData(Valid with { RelistInterval = TimeSpan.Zero }, "Reconciler:RelistInterval must be more than 0 s and at most 1 h."),
        new TestCaseData(Valid with { RequestTimeout = TimeSpan.FromHours(2) }, "Reconciler:RequestTimeout must be more than 0 s and at most 1 h."),
        new TestCaseData(Valid with { MaxRetryInterval = TimeSpan.FromSeconds(1) }, "Reconciler:MaxRetryInterval must be at least RetryInterval."),
        new TestCaseData(Valid with { MinPublishedShare = 1.5 }, "Reconciler:MinPublishedShare must be from 0 to 1."),
    ];

    [Test]
    public void The_defaults_are_valid() => Assert.That(Valid.Validate, Throws.Nothing);

    [TestCaseSource(nameof(Invalid))]
    public void A_value_out_of_bounds_is_named_with_its_bound(object options, string message) =>
        Assert.That(((ReconcilerOptions)options).Validate, Throws.TypeOf<ValidationException>().With.Message.EqualTo(message));
}
