using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Emulator.Faults;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

[TestFixture]
[CancelAfter(60_000)]
public sealed class FaultTests
{
    private static readonly RecordOwner Owner = new("c1", "n1", 7);

    private EmulatorFixture _fixture = null!;
    private HttpClient _control = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _fixture = await EmulatorFixture.StartAsync();
        _control = new HttpClient { BaseAddress = _fixture.Emulator.ControlBaseAddress };
    }

    [TearDown]
    public async Task StopAsync()
    {
        _control.Dispose();
        await _fixture.DisposeAsync();
    }

    [Test]
    public async Task A_hanging_write_is_carried_out_after_its_client_has_gone(CancellationToken ct)
    {
        JsonNode fault = await SetAsync("""{"kind":"hang-before","method":"post","path":"/dns_records"}""", ct);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task assign = _fixture.ServiceDomain.AssignAsync("192.0.2.1", Owner, gone.Token);
        await WaitForHangAsync();
        await gone.CancelAsync();
        Assert.That(async () => await assign, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_fixture.Emulator.Records, Is.Empty);

        using HttpResponseMessage removed = await _control.DeleteAsync($"faults/{fault["id"]}", ct);
        Assert.That(removed.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        var entry = await _fixture.Emulator.Journal.WaitForAsync(entry => entry is { Fault: FaultKind.HangBefore, Completed: true }, ct);

        Assert.That(entry.Applied, Is.True);
        Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_hang_ends_after_its_time(CancellationToken ct)
    {
        await SetAsync("""{"kind":"hang-before","seconds":0.2}""", ct);
        await _fixture.ServiceDomain.AssignAsync("192.0.2.1", Owner, ct);

        Assert.That(_fixture.Emulator.Journal.Entries[0].Fault, Is.EqualTo(FaultKind.HangBefore));
        Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_write_that_hangs_afterwards_is_carried_out_at_once(CancellationToken ct)
    {
        await SetAsync("""{"kind":"hang-after","method":"POST","count":null}""", ct);
        Task assign = _fixture.ServiceDomain.AssignAsync("192.0.2.1", Owner, ct);
        await _fixture.Emulator.Journal.WaitForAsync(entry => entry.Applied, ct);
        await WaitForHangAsync();
        Assert.That(assign.IsCompleted, Is.False);

        using HttpResponseMessage cleared = await _control.DeleteAsync("faults", ct);
        await assign;
        Assert.That(_fixture.Emulator.Faults.Faults, Is.Empty);
    }

    [Test]
    public async Task Stopping_ends_a_hanging_write_without_carrying_it_out(CancellationToken ct)
    {
        await SetAsync("""{"kind":"hang-before","method":"POST"}""", ct);
        Task assign = _fixture.ServiceDomain.AssignAsync("192.0.2.1", Owner, ct);
        await WaitForHangAsync();

        await _fixture.Emulator.StopAsync();

        Assert.That(async () => await assign, Throws.TypeOf<DnsException>());
        Assert.That(_fixture.Emulator.Records, Is.Empty);
    }

    [Test]
    public async Task A_fault_is_for_the_requests_it_names_and_for_so_many(CancellationToken ct)
    {
        await SetAsync("""{"kind":"server-error","method":"POST","path":"dns_records","count":2}""", ct);
        using HttpClient http = _fixture.CreateHttpClient();
        string records = $"zones/{_fixture.Emulator.ZoneId}/dns_records";
        const string Body = """{"type":"A","name":"vpn","content":"192.0.2.1"}""";

        using HttpResponseMessage read = await http.GetAsync(records, ct);
        using HttpResponseMessage first = await http.PostAsync(records, new StringContent(Body), ct);
        using HttpResponseMessage second = await http.PostAsync(records, new StringContent(Body), ct);
        using HttpResponseMessage third = await http.PostAsync(records, new StringContent(Body), ct);

        Assert.Multiple(() =>
        {
            Assert.That(new[] { read, first, second, third }.Select(response => (int)response.StatusCode), Is.EqualTo([200, 500, 500, 200]));
            Assert.That(first.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
            Assert.That(_fixture.Emulator.Faults.Faults.Single().Hits, Is.EqualTo(2));
        });
    }

    [TestCase("""{"kind":"rate-limit"}""", 429, 971)]
    [TestCase("""{"kind":"revoke-token"}""", 403, 9109)]
    [TestCase("""{"kind":"refuse-address"}""", 403, 9109)]
    public async Task A_refusal_on_demand_looks_like_a_real_one(string fault, int status, int code, CancellationToken ct)
    {
        await SetAsync(fault, ct);
        using HttpClient http = _fixture.CreateHttpClient();
        using HttpResponseMessage response = await http.GetAsync("zones", ct);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(await response.Content.ReadAsStringAsync(ct), Does.Contain($"\"code\":{code},"));
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(status == 429 ? TimeSpan.FromSeconds(5) : (TimeSpan?)null));
    }

    [Test]
    public async Task A_stale_list_shows_the_past_while_dns_shows_the_present(CancellationToken ct)
    {
        await _fixture.ServiceDomain.AssignAsync("192.0.2.1", Owner, ct);
        await SetAsync("""{"kind":"stale-list","count":null}""", ct);
        await _fixture.ServiceDomain.AssignAsync("192.0.2.2", Owner, ct);

        Assert.That((await _fixture.ServiceDomain.ListAsync(ct)).Select(record => record.Address), Is.EqualTo(["192.0.2.1"]));
        Assert.That(
            await new DnsTestClient(_fixture.Emulator.DnsEndPoint).AddressesAsync(EmulatorFixture.Domain, ct), Is.EquivalentTo(["192.0.2.1", "192.0.2.2"]));

        _fixture.Emulator.Faults.Clear();
        Assert.That(await _fixture.ServiceDomain.ListAsync(ct), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_stale_list_lasts_for_its_time(CancellationToken ct)
    {
        var time = new ManualTimeProvider();
        await using var fixture = await EmulatorFixture.StartAsync(options => options with { TimeProvider = time });
        fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.StaleList, Count = null, Seconds = 30 });
        await fixture.ServiceDomain.AssignAsync("192.0.2.1", Owner, ct);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.That(await fixture.ServiceDomain.ListAsync(ct), Is.Empty);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await fixture.ServiceDomain.ListAsync(ct), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Faults_are_shown_with_their_defaults(CancellationToken ct)
    {
        await SetAsync("""{"kind":"small-pages"}""", ct);

        Assert.That(
            await _control.GetStringAsync("faults", ct),
            Is.EqualTo(
                """[{"id":1,"rule":{"kind":"small-pages","count":1,"method":null,"path":null,"seconds":null,"page_size":3},"hits":0,"hanging":0}]"""));
    }

    [TestCase("", "")]
    [TestCase("null", "null is not a fault.")]
    [TestCase("{}", "kind")]
    [TestCase("""{"kind":"explode"}""", "kind")]
    [TestCase("""{"kind":1}""", "kind")]
    [TestCase("""{"kind":"hang-before","delay":5}""", "delay")]
    [TestCase("""{"kind":"hang-before","count":0}""", "count of a fault must be at least 1")]
    [TestCase("""{"kind":"hang-before","seconds":-1}""", "seconds of a fault must be 0 to 86400")]
    [TestCase("""{"kind":"small-pages","page_size":0}""", "page_size of a fault must be at least 1")]
    public async Task A_fault_that_cannot_be_is_refused_with_a_reason(string body, string reason, CancellationToken ct)
    {
        using HttpResponseMessage response = await _control.PostAsync("faults", new StringContent(body), ct);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        string error = JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))!["error"]!.GetValue<string>();
        Assert.That(error, Is.Not.Empty.And.Contains(reason));
        Assert.That(_fixture.Emulator.Faults.Faults, Is.Empty);
    }

    [Test]
    public void A_fault_set_in_process_is_checked_too()
        => Assert.That(() => _fixture.Emulator.Faults.Add(new FaultRule { Kind = (FaultKind)99 }), Throws.TypeOf<ValidationException>());

    [TestCase("faults/99")]
    [TestCase("faults/x")]
    [TestCase("nothing")]
    public async Task What_is_not_there_cannot_be_removed(string path, CancellationToken ct)
    {
        using HttpResponseMessage response = await _control.DeleteAsync(path, ct);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task<JsonNode> SetAsync(string fault, CancellationToken ct)
    {
        using HttpResponseMessage response = await _control.PostAsync("faults", new StringContent(fault), ct);
        string answer = await response.Content.ReadAsStringAsync(ct);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created), answer);
        return JsonNode.Parse(answer)!;
    }

    private Task WaitForHangAsync()
        => Eventually.Holds(() => _fixture.Emulator.Faults.Faults.Any(fault => fault.Hanging > 0), "a request hangs");
}
