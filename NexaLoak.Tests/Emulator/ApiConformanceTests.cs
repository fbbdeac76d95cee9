using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

/// <summary>What the emulator answers, letter by letter, as Cloudflare's documentation and users report it of the real API.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed partial class ApiConformanceTests
{
    private const string RecordId = "00000000000000000000000000000000";

    private EmulatorFixture _fixture = null!;
    private HttpClient _http = null!;

    private string Records => $"zones/{_fixture.Emulator.ZoneId}/dns_records";

    [SetUp]
    public async Task StartAsync()
    {
        _fixture = await EmulatorFixture.StartAsync(options => options with { RecordQuota = 4, BatchLimit = 3 });
        _http = _fixture.CreateHttpClient();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _fixture.DisposeAsync();
    }

    [Test]
    public async Task A_record_is_created_listed_shown_and_deleted(CancellationToken ct)
    {
        const string Shape =
            """
            {"id":"ID","name":"vpn.example.com","type":"A","content":"198.51.100.4","proxiable":true,"proxied":false,"ttl":60,"settings":{},"meta":{},
            "comment":"nexaloak:c1:n7:t12","tags":[],"created_on":"TIME","modified_on":"TIME","comment_modified_on":"TIME"}
            """;
        const string Body = """{"type":"A","name":"vpn","content":"198.51.100.4","ttl":60,"comment":"nexaloak:c1:n7:t12"}""";

        string created = await SendAsync(HttpMethod.Post, Records, Body, 200, ct);
        string id = JsonNode.Parse(created)!["result"]!["id"]!.GetValue<string>();

        Assert.That(Normal(created), Is.EqualTo(Flat($$"""{"result":{{Shape}},"success":true,"errors":[],"messages":[]}""")));
        Assert.That(
            Normal(await SendAsync(HttpMethod.Get, $"{Records}/{id}", null, 200, ct)),
            Is.EqualTo(Flat($$"""{"result":{{Shape}},"success":true,"errors":[],"messages":[]}""")));
        Assert.That(
            Normal(await SendAsync(HttpMethod.Get, Records, null, 200, ct)),
            Is.EqualTo(Flat(
                $$"""
                {"result":[{{Shape}}],"result_info":{"page":1,"per_page":100,"count":1,"total_count":1,"total_pages":1 },
                "success":true,"errors":[],"messages":[]}
                """)));
        Assert.That(
            Normal(await SendAsync(HttpMethod.Delete, $"{Records}/{id}", null, 200, ct)),
            Is.EqualTo("""{"result":{"id":"ID"},"success":true,"errors":[],"messages":[]}"""));
    }

    [TestCase("""{"type":"A","name":"@","content":"192.0.2.1"}""", "example.com", "192.0.2.1", 1)]
    [TestCase("""{"type":"A","name":"VPN.Example.COM.","content":"192.0.2.1","ttl":86400}""", "vpn.example.com", "192.0.2.1", 86400)]
    [TestCase("""{"type":"A","name":"a.b","content":"192.0.2.1","ttl":120,"proxied":true}""", "a.b.example.com", "192.0.2.1", 1)]
    [TestCase("""{"type":"aaaa","name":"vpn","content":"2001:DB8:0::1"}""", "vpn.example.com", "2001:db8::1", 1)]
    [TestCase("""{"type":"CNAME","name":"www","content":"Vpn.Example.com."}""", "www.example.com", "vpn.example.com", 1)]
    [TestCase("""{"type":"MX","name":"@","content":"mail.example.com","priority":10}""", "example.com", "mail.example.com", 1)]
    [TestCase("""{"type":"TXT","name":"@","content":"\"v=spf1 -all\"","comment":""}""", "example.com", "\"v=spf1 -all\"", 1)]
    public async Task Records_are_brought_to_their_normal_form(string body, string name, string content, int ttl, CancellationToken ct)
    {
        JsonNode record = JsonNode.Parse(await SendAsync(HttpMethod.Post, Records, body, 200, ct))!["result"]!;

        Assert.Multiple(() =>
        {
            Assert.That(record["name"]!.GetValue<string>(), Is.EqualTo(name));
            Assert.That(record["content"]!.GetValue<string>(), Is.EqualTo(content));
            Assert.That(record["ttl"]!.GetValue<int>(), Is.EqualTo(ttl));
            Assert.That(record["comment"], Is.Null);
            Assert.That(record.AsObject().ContainsKey("comment_modified_on"), Is.False);
        });
    }

    [TestCase("""{"type":"A","name":"vpn","content":"vpn.example.com"}""", 400, 9005, "Content for A record must be a valid IPv4 address.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.2"}""", 400, 9005, "Content for A record must be a valid IPv4 address.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.02.1"}""", 400, 9005, "Content for A record must be a valid IPv4 address.")]
    [TestCase("""{"type":"AAAA","name":"vpn","content":"192.0.2.1"}""", 400, 9006, "Content for AAAA record must be a valid IPv6 address.")]
    [TestCase("""{"type":"AAAA","name":"vpn","content":"fe80::1%2"}""", 400, 9006, "Content for AAAA record must be a valid IPv6 address.")]
    [TestCase("""{"type":"CNAME","name":"vpn","content":"not a host"}""", 400, 9007, "Content for CNAME record is invalid.")]
    [TestCase("""{"type":"A","name":"v pn","content":"192.0.2.1"}""", 400, 9000, "DNS name is invalid.")]
    [TestCase("""{"type":"A","name":"a..b","content":"192.0.2.1"}""", 400, 9000, "DNS name is invalid.")]
    [TestCase("""{"type":"A","name":"","content":"192.0.2.1"}""", 400, 9000, "DNS name is invalid.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.2.1","ttl":59}""", 400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.2.1","ttl":86401}""", 400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.")]
    [TestCase("""{"type":"TXT","name":"vpn","content":"x","proxied":true}""", 400, 9041, "This DNS record cannot be proxied.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.2.1","tags":["a:b"]}""", 400, 9300, "DNS record has 1 tags, exceeding the quota of 0.")]
    [TestCase("""{"type":"A","name":"vpn"}""", 400, 9207, "Request body is invalid.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.2.1","ttl":"60"}""", 400, 9207, "Request body is invalid.")]
    [TestCase("""{"type":"A","name":"vpn","content":192}""", 400, 9207, "Request body is invalid.")]
    [TestCase("""{"type":"A","name":"vpn","content":"192.0.2.1","proxied":1}""", 400, 9207, "Request body is invalid.")]
    [TestCase("""[]""", 400, 9207, "Request body is invalid.")]
    [TestCase("""{""", 400, 9207, "Request body is invalid.")]
    [TestCase("", 400, 9207, "Request body is invalid.")]
    [TestCase("""{"type":"SPF","name":"vpn","content":"x"}""", 400, 1004, "DNS Validation Error")]
    [TestCase("""{"type":"A","name":"taken","content":"192.0.2.200"}""", 400, 81058, "An identical record already exists.")]
    [TestCase("""{"type":"CNAME","name":"taken","content":"example.com"}""", 400, 81053, "An A, AAAA, or CNAME record with that host already exists.")]
    [TestCase("""{"type":"A","name":"alias","content":"192.0.2.1"}""", 400, 81053, "An A, AAAA, or CNAME record with that host already exists.")]
    public async Task A_record_that_cannot_be_is_refused(string body, int status, int code, string message, CancellationToken ct)
    {
        await SendAsync(HttpMethod.Post, Records, """{"type":"A","name":"taken","content":"192.0.2.200"}""", 200, ct);
        await SendAsync(HttpMethod.Post, Records, """{"type":"CNAME","name":"alias","content":"taken.example.com"}""", 200, ct);

        string answer = await SendAsync(HttpMethod.Post, Records, body, status, ct);

        JsonNode error = JsonNode.Parse(answer)!["errors"]![0]!;
        Assert.That((error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>()), Is.EqualTo((code, message)));
        Assert.That(answer, Does.StartWith("""{"result":null,"success":false,"errors":[{"code":""").And.EndsWith(""","messages":[]}"""));
        Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task A_comment_has_at_most_100_characters(CancellationToken ct)
    {
        string comment = new('c', 100);
        await SendAsync(HttpMethod.Post, Records, $$"""{"type":"A","name":"vpn","content":"192.0.2.1","comment":"{{comment}}"}""", 200, ct);
        string answer = await SendAsync(HttpMethod.Post, Records, $$"""{"type":"A","name":"vpn","content":"192.0.2.2","comment":"{{comment}}c"}""", 400, ct);

        Assert.That(answer, Does.Contain("""{"code":9313,"message":"DNS record comment exceeds the maximum length of 100 characters."}"""));
    }

    [Test]
    public async Task A_full_zone_takes_no_more(CancellationToken ct)
    {
        for (int i = 1; i <= 4; i++)
        {
            await SendAsync(HttpMethod.Post, Records, $$"""{"type":"A","name":"vpn","content":"192.0.2.{{i}}"}""", 200, ct);
        }

        Assert.That(
            await SendAsync(HttpMethod.Post, Records, """{"type":"A","name":"vpn","content":"192.0.2.5"}""", 400, ct),
            Does.Contain("\"code\":81045"));
    }

    [Test]
    public async Task A_record_that_is_not_there_is_not_found(CancellationToken ct)
    {
        const string Answer = """{"result":null,"success":false,"errors":[{"code":81044,"message":"Record does not exist."}],"messages":[]}""";

        Assert.That(await SendAsync(HttpMethod.Get, $"{Records}/{RecordId}", null, 404, ct), Is.EqualTo(Answer));
        Assert.That(await SendAsync(HttpMethod.Delete, $"{Records}/{RecordId}", null, 404, ct), Is.EqualTo(Answer));
        Assert.That(await SendAsync(HttpMethod.Patch, $"{Records}/{RecordId}", "{}", 404, ct), Is.EqualTo(Answer));
        Assert.That(
            await SendAsync(HttpMethod.Put, $"{Records}/{RecordId}", """{"type":"A","name":"vpn","content":"192.0.2.1"}""", 404, ct), Is.EqualTo(Answer));
    }

    [Test]
    public async Task Patch_keeps_what_it_does_not_name_and_put_does_not(CancellationToken ct)
    {
        string id = await CreateAsync("""{"type":"A","name":"vpn","content":"192.0.2.1","ttl":120,"comment":"mine"}""", ct);

        JsonNode patched = Result(await SendAsync(HttpMethod.Patch, $"{Records}/{id}", """{"content":"192.0.2.2"}""", 200, ct));
        JsonNode uncommented = Result(await SendAsync(HttpMethod.Patch, $"{Records}/{id}", """{"comment":null}""", 200, ct));
        JsonNode put = Result(await SendAsync(HttpMethod.Put, $"{Records}/{id}", """{"type":"A","name":"vpn","content":"192.0.2.3"}""", 200, ct));

        Assert.Multiple(() =>
        {
            Assert.That(patched["content"]!.GetValue<string>(), Is.EqualTo("192.0.2.2"));
            Assert.That(patched["ttl"]!.GetValue<int>(), Is.EqualTo(120));
            Assert.That(patched["comment"]!.GetValue<string>(), Is.EqualTo("mine"));
            Assert.That(uncommented["comment"], Is.Null);
            Assert.That(put["ttl"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(put["id"]!.GetValue<string>(), Is.EqualTo(id));
            Assert.That(put["created_on"]!.GetValue<string>(), Is.EqualTo(patched["created_on"]!.GetValue<string>()));
        });
    }

    [Test]
    public async Task The_type_of_a_record_stays(CancellationToken ct)
    {
        string id = await CreateAsync("""{"type":"A","name":"vpn","content":"192.0.2.1"}""", ct);

        string answer = await SendAsync(HttpMethod.Patch, $"{Records}/{id}", """{"type":"AAAA","content":"2001:db8::1"}""", 400, ct);

        Assert.That(answer, Does.Contain("\"code\":1004").And.Contain("\"error_chain\":[{"));
    }

    [Test]
    public async Task A_batch_is_carried_out_in_order_or_not_at_all(CancellationToken ct)
    {
        string first = await CreateAsync("""{"type":"A","name":"vpn","content":"192.0.2.1"}""", ct);
        string second = await CreateAsync("""{"type":"A","name":"vpn","content":"192.0.2.2"}""", ct);

        string failed = await SendAsync(
            HttpMethod.Post, $"{Records}/batch", $$"""{"deletes":[{"id":"{{first}}"}],"posts":[{"type":"A","name":"vpn","content":"192.0.2.2"}]}""", 400, ct);
        Assert.That(failed, Does.Contain("\"code\":81058"));
        Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(2));

        // The address that the first operation frees is free for the last one.
        string done = await SendAsync(
            HttpMethod.Post,
            $"{Records}/batch",
            $$"""{"posts":[{"type":"A","name":"vpn","content":"192.0.2.1"}],"patches":[{"id":"{{second}}","ttl":60}],"deletes":[{"id":"{{first}}"}]}""",
            200,
            ct);
        JsonNode result = Result(done);
        Assert.Multiple(() =>
        {
            Assert.That(result.AsObject().Select(member => member.Key), Is.EqualTo(["deletes", "patches", "puts", "posts"]));
            Assert.That(result["deletes"]![0]!["id"]!.GetValue<string>(), Is.EqualTo(first));
            Assert.That(result["patches"]![0]!["ttl"]!.GetValue<int>(), Is.EqualTo(60));
            Assert.That(result["puts"]!.AsArray(), Is.Empty);
            Assert.That(result["posts"]![0]!["content"]!.GetValue<string>(), Is.EqualTo("192.0.2.1"));
        });
    }

    [TestCase("""{"deletes":{}}""")]
    [TestCase("""{"deletes":["x"]}""")]
    [TestCase("""{"patches":[{"ttl":60}]}""")]
    [TestCase("[]")]
    public async Task A_malformed_batch_is_refused(string body, CancellationToken ct)
        => Assert.That(await SendAsync(HttpMethod.Post, $"{Records}/batch", body, 400, ct), Does.Contain("\"code\":9207"));

    [Test]
    public async Task A_batch_has_a_limit(CancellationToken ct)
    {
        string deletes = string.Join(',', Enumerable.Repeat($$"""{"id":"{{RecordId}}"}""", 4));
        Assert.That(await SendAsync(HttpMethod.Post, $"{Records}/batch", $$"""{"deletes":[{{deletes}}]}""", 400, ct), Does.Contain("at most 3"));
    }

    [Test]
    public async Task The_token_and_the_zone_are_shown(CancellationToken ct)
    {
        Assert.That(
            Normal(await SendAsync(HttpMethod.Get, "user/tokens/verify", null, 200, ct)),
            Is.EqualTo(Flat(
                """
                {"result":{"id":"ID","status":"active"},"success":true,"errors":[],
                "messages":[{"code":10000,"message":"This API Token is valid and active","type":null}]}
                """)));

        string zones = await SendAsync(HttpMethod.Get, "zones?name=example.com&status=active", null, 200, ct);
        JsonNode zone = Result(zones)[0]!;
        Assert.Multiple(() =>
        {
            Assert.That(zone["id"]!.GetValue<string>(), Is.EqualTo(_fixture.Emulator.ZoneId));
            Assert.That(zone["name"]!.GetValue<string>(), Is.EqualTo("example.com"));
            Assert.That(zone["status"]!.GetValue<string>(), Is.EqualTo("active"));
            Assert.That(zone["name_servers"]!.AsArray(), Has.Count.EqualTo(2));
        });
        Assert.That(
            JsonNode.Parse(zones)!["result_info"]!.ToJsonString(), Is.EqualTo("""{"page":1,"per_page":20,"count":1,"total_count":1,"total_pages":1}"""));
        Assert.That(Result(await SendAsync(HttpMethod.Get, $"zones/{_fixture.Emulator.ZoneId}", null, 200, ct)).ToJsonString(), Is.EqualTo(zone.ToJsonString()));
        Assert.That(Result(await SendAsync(HttpMethod.Get, "zones?name=example.org", null, 200, ct)).AsArray(), Is.Empty);
    }

    [TestCase("GET", "zones/nonsense", 404, 7003)]
    [TestCase("GET", "zones/nonsense/dns_records", 404, 7003)]
    [TestCase("GET", "accounts", 404, 7003)]
    [TestCase("GET", "", 404, 7003)]
    [TestCase("GET", "zones/00000000000000000000000000000000", 403, 9109)]
    [TestCase("GET", "zones/00000000000000000000000000000000/dns_records", 403, 9109)]
    [TestCase("POST", "zones/00000000000000000000000000000000/dns_records/batch", 403, 9109)]
    [TestCase("DELETE", "zones", 405, 7001)]
    [TestCase("POST", "user/tokens/verify", 405, 7001)]
    public async Task What_is_not_there_is_refused(string method, string path, int status, int code, CancellationToken ct)
        => Assert.That(await SendAsync(new HttpMethod(method), path, null, status, ct), Does.Contain($"\"errors\":[{{\"code\":{code},"));

    [TestCase("zones", "Authorization", "Bearer 0000000000000000000000000000000000000000", 403, 9109, "Invalid access token")]
    [TestCase("user/tokens/verify", "Authorization", "Bearer 0000000000000000000000000000000000000000", 401, 1000, "Invalid API Token")]
    [TestCase("zones", "Authorization", "Bearer short", 400, 6003, "Invalid request headers")]
    [TestCase("zones", "Authorization", "Basic 0000000000000000000000000000000000000000", 400, 6003, "Invalid request headers")]
    [TestCase("zones", "X-Other", "x", 400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")]
    [TestCase("zones", "X-Auth-Email", "nobody", 400, 6003, "Invalid request headers")]
    [TestCase("zones", "X-Auth-Email", "a@example.com", 400, 6003, "Invalid request headers")]
    [TestCase("zones", "X-Auth-Key", "0000000000000000000000000000000000000", 400, 6003, "Invalid request headers")]
    public async Task Who_is_not_let_in_hears_why(string path, string header, string value, int status, int code, string message, CancellationToken ct)
    {
        _http.DefaultRequestHeaders.Clear();
        _http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        string answer = await SendAsync(HttpMethod.Get, path, null, status, ct);

        Assert.That(answer, Does.Contain($"\"errors\":[{{\"code\":{code},\"message\":\"{message}\""));
    }

    [Test]
    public async Task A_global_key_is_not_let_in(CancellationToken ct)
    {
        _http.DefaultRequestHeaders.Clear();
        _http.DefaultRequestHeaders.Add("X-Auth-Email", "a@example.com");
        _http.DefaultRequestHeaders.Add("X-Auth-Key", new string('0', 37));

        Assert.That(await SendAsync(HttpMethod.Get, "zones", null, 403, ct), Does.Contain("\"code\":9103"));
    }

    [TestCase("", "a b c d")]
    [TestCase("?type=TXT", "d")]
    [TestCase("?name=a.example.com", "a")]
    [TestCase("?name=contains:a", "")]
    [TestCase("?name.exact=A.EXAMPLE.COM", "a")]
    [TestCase("?name.contains=b.ex", "b")]
    [TestCase("?name.startswith=c.", "c")]
    [TestCase("?name.endswith=d.example.com", "d")]
    [TestCase("?content=192.0.2.2", "b")]
    [TestCase("?content.startswith=192.0.2", "a b c")]
    [TestCase("?comment.present", "a b")]
    [TestCase("?comment.absent=true", "c d")]
    [TestCase("?comment.exact=Red", "a")]
    [TestCase("?comment.contains=e", "a b")]
    [TestCase("?comment.startswith=bl", "b")]
    [TestCase("?comment.endswith=ue", "b")]
    [TestCase("?proxied=true", "c")]
    [TestCase("?type=A&comment.absent=1", "c")]
    [TestCase("?type=TXT&comment.exact=red&match=any", "a d")]
    [TestCase("?search=blue", "b")]
    [TestCase("?order=name&direction=desc", "d c b a")]
    [TestCase("?order=content&direction=desc", "d c b a")]
    [TestCase("?per_page=2", "a b")]
    [TestCase("?per_page=2&page=2", "c d")]
    [TestCase("?per_page=2&page=3", "")]
    [TestCase("?per_page=100000&page=2147483647", "")]
    public async Task Lists_are_filtered_ordered_and_cut(string query, string labels, CancellationToken ct)
    {
        await CreateAsync("""{"type":"A","name":"a","content":"192.0.2.1","comment":"red"}""", ct);
        await CreateAsync("""{"type":"A","name":"b","content":"192.0.2.2","comment":"blue"}""", ct);
        await CreateAsync("""{"type":"A","name":"c","content":"192.0.2.3","proxied":true}""", ct);
        await CreateAsync("""{"type":"TXT","name":"d","content":"text"}""", ct);

        string answer = await SendAsync(HttpMethod.Get, Records + query, null, 200, ct);

        Assert.That(string.Join(' ', Result(answer).AsArray().Select(record => record!["name"]!.GetValue<string>()[..1])), Is.EqualTo(labels));
    }

    [Test]
    public async Task Pages_tell_where_they_are(CancellationToken ct)
    {
        for (int i = 1; i <= 4; i++)
        {
            await CreateAsync($$"""{"type":"A","name":"vpn","content":"192.0.2.{{i}}"}""", ct);
        }

        string answer = await SendAsync(HttpMethod.Get, $"{Records}?per_page=3&page=2", null, 200, ct);

        Assert.That(
            JsonNode.Parse(answer)!["result_info"]!.ToJsonString(), Is.EqualTo("""{"page":2,"per_page":3,"count":1,"total_count":4,"total_pages":2}"""));
    }

    private static string Flat(string json) => json.ReplaceLineEndings("").Replace(" }", "}", StringComparison.Ordinal);

    private static JsonNode Result(string answer) => JsonNode.Parse(answer)!["result"]!;

    /// <summary>Puts words in the place of what differs from run to run.</summary>
    private static string Normal(string answer) => Time().Replace(Id().Replace(answer, "\"ID\""), "\"TIME\"");

    [GeneratedRegex("\"[0-9a-f]{32}\"")]
    private static partial Regex Id();

    [GeneratedRegex(@"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z""")]
    private static partial Regex Time();

    private async Task<string> CreateAsync(string body, CancellationToken ct)
        => Result(await SendAsync(HttpMethod.Post, Records, body, 200, ct))["id"]!.GetValue<string>();

    private async Task<string> SendAsync(HttpMethod method, string path, string? body, int status, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        using HttpResponseMessage response = await _http.SendAsync(request, ct);
        string answer = await response.Content.ReadAsStringAsync(ct);
        Assert.That(response.StatusCode, Is.EqualTo((HttpStatusCode)status), answer);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        return answer;
    }
}
