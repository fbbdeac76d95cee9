using System.ComponentModel.DataAnnotations;
using NexaLoak.Orchestrator.Cloudflare;
using NUnit.Framework;

namespace NexaLoak.Tests.Cloudflare;

[TestFixture]
public sealed class CloudflareOptionsTests
{
    private static readonly CloudflareOptions Good = new() { TokenFile = "token" };

    private static IEnumerable<TestCaseData> Bad()
    {
        yield return Case("BaseAddress", Good with { BaseAddress = new Uri("https://api.cloudflare.com/client/v4") });
        yield return Case("BaseAddress", Good with { BaseAddress = new Uri("http://api.cloudflare.com/client/v4/") });
        yield return Case("BaseAddress", Good with { BaseAddress = new Uri("https://user:password@api.cloudflare.com/client/v4/") });
        yield return Case("BaseAddress", Good with { BaseAddress = new Uri("client/v4/", UriKind.Relative) });
        yield return Case("BaseAddress", Good with { BaseAddress = new Uri("file:///client/v4/") });
        yield return Case("TokenFile", Good with { TokenFile = " " });
        yield return Case("RequestTimeout", Good with { RequestTimeout = TimeSpan.Zero });
        yield return Case("ReadRetries", Good with { ReadRetries = -1 });
        yield return Case("ReadRetryDelay", Good with { ReadRetryDelay = TimeSpan.FromSeconds(-1) });
        yield return Case("RequestsPerSecond", Good with { RequestsPerSecond = 0 });
        yield return Case("RequestBurst", Good with { RequestBurst = 0 });
        yield return Case("PageSize", Good with { PageSize = 4 });

        static TestCaseData Case(string name, CloudflareOptions options) => new(name, options);
    }

    [TestCaseSource(nameof(Bad))]
    public void A_value_out_of_bounds_is_named(string name, object options)
        => Assert.That(() => ((CloudflareOptions)options).Validate(), Throws.TypeOf<ValidationException>().With.Message.StartsWith($"CloudflareOptions.{name} must be "));

    [Test]
    public void The_defaults_stay_below_the_limit_of_cloudflare()
    {
        Good.Validate();
        Assert.That(Good.RequestBurst + (300 * Good.RequestsPerSecond), Is.LessThan(1200));
    }

    [Test]
    public void The_emulator_may_be_reached_without_tls()
        => Assert.That((Good with { BaseAddress = new Uri("http://127.0.0.1:8080/client/v4/") }).Validate, Throws.Nothing);
}
