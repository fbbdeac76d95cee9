using System.Net;
using System.Net.Http.Headers;
using System.Text;
using NexaLoak.Orchestrator.Cloudflare;
using NUnit.Framework;

namespace NexaLoak.Tests.Cloudflare;

[TestFixture]
public sealed class CloudflareResponseTests
{
    private const string Zone = """{"id":"0123456789abcdef0123456789abcdef","name":"example.com","status":"active"}""";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [TestCase(400, 81058, nameof(CloudflareOutcome.AlreadyDone))]
    [TestCase(400, 81057, nameof(CloudflareOutcome.AlreadyDone))]
    [TestCase(404, 81044, nameof(CloudflareOutcome.NotFound))]
    [TestCase(404, 7003, nameof(CloudflareOutcome.NotFound))]
    [TestCase(400, 7003, nameof(CloudflareOutcome.NotFound))]
    [TestCase(404, 99999, nameof(CloudflareOutcome.NotFound))]
    [TestCase(400, 81045, nameof(CloudflareOutcome.Quota))]
    [TestCase(400, 81053, nameof(CloudflareOutcome.Validation))]
    [TestCase(400, 9005, nameof(CloudflareOutcome.Validation))]
    [TestCase(422, 1, nameof(CloudflareOutcome.Validation))]
    [TestCase(400, 6003, nameof(CloudflareOutcome.Unauthorized))]
    [TestCase(400, 9106, nameof(CloudflareOutcome.Unauthorized))]
    [TestCase(403, 9109, nameof(CloudflareOutcome.Unauthorized))]
    [TestCase(403, 10000, nameof(CloudflareOutcome.Unauthorized))]
    [TestCase(401, 1000, nameof(CloudflareOutcome.Unauthorized))]
    [TestCase(403, 1, nameof(CloudflareOutcome.Unauthorized))]
    [TestCase(429, 10100, nameof(CloudflareOutcome.RateLimited))]
    [TestCase(429, 971, nameof(CloudflareOutcome.RateLimited))]
    [TestCase(400, 10429, nameof(CloudflareOutcome.RateLimited))]
    [TestCase(429, 1, nameof(CloudflareOutcome.RateLimited))]
    [TestCase(500, 1, nameof(CloudflareOutcome.Transient))]
    [TestCase(503, 10013, nameof(CloudflareOutcome.Transient))]
    [TestCase(408, 1, nameof(CloudflareOutcome.Transient))]
    [TestCase(409, 1, nameof(CloudflareOutcome.Transient))]
    [TestCase(200, 1, nameof(CloudflareOutcome.Transient))]
    public void An_error_is_classified_by_its_code_then_by_its_status(int status, int code, string outcome)
    {
        CloudflareResult<IReadOnlyList<Zone>> result = Read(
            status, $$"""{"result":null,"success":false,"errors":[{"code":{{code}},"message":"No."}],"messages":[]}""");

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome.ToString(), Is.EqualTo(outcome));
            Assert.That(result.StatusCode, Is.EqualTo(status));
            Assert.That(result.Reason, Is.EqualTo($"HTTP {status}, {code} No."));
            Assert.That(result.HasError(code), Is.True);
            Assert.That(result.Result, Is.Null);
        });
    }

    [Test]
    public void A_known_code_counts_wherever_it_stands()
    {
        CloudflareResult<IReadOnlyList<Zone>> chained = Read(
            400, """{"result":null,"success":false,"errors":[{"code":1004,"message":"DNS Validation Error","error_chain":[{"code":81058,"message":"Same."}]}]}""");
        CloudflareResult<IReadOnlyList<Zone>> second = Read(
            400, """{"result":{},"success":false,"errors":[{"code":1,"message":"a"},{"code":81045,"message":"Full."}]}""");

        Assert.Multiple(() =>
        {
            Assert.That(chained.Outcome, Is.EqualTo(CloudflareOutcome.AlreadyDone));
            Assert.That(chained.Reason, Is.EqualTo("HTTP 400, 1004 DNS Validation Error; 81058 Same."));
            Assert.That(second.Outcome, Is.EqualTo(CloudflareOutcome.Quota));
        });
    }

    [TestCase("<html><body>198.51.100.4</body></html>")]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("42")]
    [TestCase("{}")]
    [TestCase("""{"success":"true","result":[]}""")]
    [TestCase("""{"success":true}""")]
    [TestCase("""{"success":true,"result":null}""")]
    [TestCase("""{"success":true,"result":{"id":"x"}}""")]
    [TestCase("""{"success":true,"result":[{"id":"x"}]}""")]
    [TestCase("""{"success":true,"result":[{"id":null,"name":"example.com","status":"active"}]}""")]
    [TestCase("""{"success":true,"result":[{"id":1,"name":"example.com","status":"active"}]}""")]
    [TestCase("""{"success":true,"success":true,"result":[]}""")]
    [TestCase("""{"success":true,"result":[],"result_info":{"page":"1"}}""")]
    [TestCase("""{"success":true,"result":[]} trailing""")]
    public void What_is_not_the_documented_answer_is_never_data(string body)
    {
        CloudflareResult<IReadOnlyList<Zone>> result = Read(200, body);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Transient));
        Assert.That(result.Result, Is.Null);
        Assert.That(result.Reason, Is.Not.Empty.And.Not.Contains("\n").And.Not.Contains("198.51.100.4"));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(502)]
    [TestCase(301)]
    public void A_page_of_html_says_nothing_about_token_or_object(int status)
        => Assert.That(Read(status, "<html></html>").Outcome, Is.EqualTo(CloudflareOutcome.Transient));

    [Test]
    public void A_result_is_not_believed_under_a_status_of_failure()
        => Assert.That(Read(500, $$"""{"success":true,"result":[{{Zone}}],"errors":[]}""").Outcome, Is.EqualTo(CloudflareOutcome.Transient));

    [Test]
    public void A_good_answer_is_read_and_unknown_members_are_passed_over()
    {
        CloudflareResult<IReadOnlyList<Zone>> result = Read(
            200,
            $$"""
            {"result":[{{Zone}}],"new":{"a":[1]},"success":true,"errors":[],"messages":[{"code":1,"message":"m"}],
             "result_info":{"page":1,"per_page":20,"count":1,"total_count":1}
            }
            """);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Ok), result.Reason);
        Assert.That(result.Value.Single().Name, Is.EqualTo("example.com"));
        Assert.That(result.ResultInfo, Is.EqualTo(new ResultInfo { Page = 1, PerPage = 20, Count = 1, TotalCount = 1 }));
    }

    [Test]
    public void A_time_to_wait_is_read_in_seconds_and_as_a_date_within_bounds()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Wait(new RetryConditionHeaderValue(TimeSpan.FromSeconds(120))), Is.EqualTo(TimeSpan.FromSeconds(120)));
            Assert.That(Wait(new RetryConditionHeaderValue(Now.AddSeconds(30))), Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(Wait(new RetryConditionHeaderValue(Now.AddSeconds(-30))), Is.EqualTo(TimeSpan.Zero));
            Assert.That(Wait(new RetryConditionHeaderValue(TimeSpan.FromDays(30))), Is.EqualTo(TimeSpan.FromHours(1)));
            Assert.That(Wait(null), Is.Null);
        });

        static TimeSpan? Wait(RetryConditionHeaderValue? header)
        {
            CloudflareResult<IReadOnlyList<Zone>> result = Read(429, "Rate limited", header);
            Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.RateLimited));
            return result.RetryAfter;
        }
    }

    private static CloudflareResult<IReadOnlyList<Zone>> Read(int status, string body, RetryConditionHeaderValue? retryAfter = null)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.RetryAfter = retryAfter;
        return CloudflareResponse.Read(response, Encoding.UTF8.GetBytes(body), CloudflareJsonContext.Default.IReadOnlyListZone, Now);
    }
}
