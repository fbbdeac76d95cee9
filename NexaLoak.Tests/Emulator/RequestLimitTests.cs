using System.Net;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

[TestFixture]
[CancelAfter(60_000)]
public sealed class RequestLimitTests
{
    [Test]
    public async Task One_request_too_many_blocks_all_for_as_long_as_requests_are_counted(CancellationToken ct)
    {
        var time = new ManualTimeProvider();
        await using var fixture = await EmulatorFixture.StartAsync(options => options with { RequestLimit = 3, TimeProvider = time });
        using HttpClient http = fixture.CreateHttpClient();

        for (int left = 2; left >= 0; left--)
        {
            using HttpResponseMessage good = await http.GetAsync("zones", ct);
            Assert.That(good.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(good.Headers.GetValues("x-ratelimit-limit").Single(), Is.EqualTo("3"));
            Assert.That(good.Headers.GetValues("x-ratelimit-remaining").Single(), Is.EqualTo($"{left}"));
        }

        time.Advance(TimeSpan.FromMinutes(4));
        await AssertBlockedAsync(http, waitSeconds: 300, ct);
        time.Advance(TimeSpan.FromMinutes(4));
        await AssertBlockedAsync(http, waitSeconds: 60, ct);
        time.Advance(TimeSpan.FromMinutes(1));

        using HttpResponseMessage again = await http.GetAsync("zones", ct);
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Requests_are_counted_anew_after_their_time(CancellationToken ct)
    {
        var time = new ManualTimeProvider();
        await using var fixture = await EmulatorFixture.StartAsync(options => options with { RequestLimit = 3, TimeProvider = time });
        using HttpClient http = fixture.CreateHttpClient();

        for (int i = 0; i < 12; i++)
        {
            using HttpResponseMessage good = await http.GetAsync("zones", ct);
            Assert.That(good.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            time.Advance(TimeSpan.FromMinutes(2));
        }
    }

    private static async Task AssertBlockedAsync(HttpClient http, int waitSeconds, CancellationToken ct)
    {
        using HttpResponseMessage response = await http.GetAsync("zones", ct);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(response.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(waitSeconds)));
        Assert.That(
            await response.Content.ReadAsStringAsync(ct),
            Does.Contain("""{"code":10100,"message":"More than 3 requests per 300 seconds reached. Please wait and consider throttling your request speed"}"""));
    }
}
