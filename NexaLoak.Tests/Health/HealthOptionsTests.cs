using System.ComponentModel.DataAnnotations;
using NexaLoak.Orchestrator.Health;
using NUnit.Framework;

namespace NexaLoak.Tests.Health;

[TestFixture]
internal sealed class HealthOptionsTests
{
    private static readonly HealthOptions Valid = new();

    private static IEnumerable<TestCaseData> Invalid =>
    [
        new TestCaseData(Valid with { ProbeInterval = TimeSpan.Zero }, "Health:ProbeInterval must be more than 0 s and at most 1 h."),
        new TestCaseData(Valid with { ContactTimeout = TimeSpan.FromDays(1) }, "Health:ContactTimeout must be more than 0 s and at most 1 h."),
        new TestCaseData(Valid with { ProbesUntilDown = 0 }, "Health:ProbesUntilDown must be at least 1."),
        new TestCaseData(Valid with { JudgeInterval = Valid.ContactTimeout }, "Health:JudgeInterval must be less than ContactTimeout."),
    ];

    [Test]
    public void The_defaults_are_valid() => Assert.That(Valid.Validate, Throws.Nothing);

    [TestCaseSource(nameof(Invalid))]
    public void A_value_out_of_bounds_is_named_with_its_bound(object options, string message) =>
        Assert.That(((HealthOptions)options).Validate, Throws.TypeOf<ValidationException>().With.Message.EqualTo(message));
}
