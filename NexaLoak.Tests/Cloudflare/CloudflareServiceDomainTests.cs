using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Tests.Emulator;
using NUnit.Framework;
using NUnit.Framework.Constraints;

namespace NexaLoak.Tests.Cloudflare;

[TestFixture]
[CancelAfter(60_000)]
public sealed class CloudflareServiceDomainTests
{
    private static readonly RecordOwner Owner = new("c1", "n1", 7);

    private EmulatorFixture _fixture = null!;

    private CloudflareServiceDomain Domain => _fixture.ServiceDomain;

    private DnsRecordsClient Records => _fixture.Client.Zones.DnsRecords;

    [SetUp]
    public async Task StartAsync() => _fixture = await EmulatorFixture.StartAsync(options => options with { RecordQuota = 10 });

    [TearDown]
    public async Task StopAsync() => await _fixture.DisposeAsync();

    [Test]
    public async Task An_address_is_assigned_once_however_often_it_is_asked_for(CancellationToken ct)
    {
        await Domain.AssignAsync("192.0.2.1", Owner, ct);
        await Domain.AssignAsync("192.0.2.1", Owner with { Term = 8 }, ct);

        DomainRecord record = (await Domain.ListAsync(ct)).Single();
        Assert.That((record.Address, record.Owner), Is.EqualTo(("192.0.2.1", Owner)));
        Assert.That(_fixture.Emulator.Records.Single(), Has.Property("Ttl").EqualTo(60).And.Property("Proxied").False);
    }

    [Test]
    public async Task A_record_is_deleted_once_however_often_it_is_asked_for(CancellationToken ct)
    {
        await Domain.AssignAsync("192.0.2.1", Owner, ct);
        DomainRecord record = (await Domain.ListAsync(ct)).Single();

        await Domain.UnassignAsync(record, 8, ct);
        await Domain.UnassignAsync(record, 8, ct);

        Assert.That(_fixture.Emulator.Journal.Entries.Count(entry => entry.Method == "DELETE"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_record_that_goes_between_look_and_deletion_counts_as_deleted(CancellationToken ct)
    {
        await Domain.AssignAsync("192.0.2.1", Owner, ct);
        DomainRecord record = (await Domain.ListAsync(ct)).Single();
        ActiveFault fault = _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.HangBefore, Method = "DELETE" });

        Task unassign = Domain.UnassignAsync(record, 8, ct);
        await _fixture.Emulator.Journal.WaitForAsync(entry => entry.Fault == FaultKind.HangBefore, ct);
        await Records.DeleteAsync(_fixture.Emulator.ZoneId, record.Id, null, ct);
        _fixture.Emulator.Faults.Remove(fault.Id);

        Assert.That(async () => await unassign, Throws.Nothing);
    }

    [Test]
    public async Task Records_of_others_are_listed_without_an_owner_and_never_deleted(CancellationToken ct)
    {
        await Records.AddAsync(_fixture.Emulator.ZoneId, Foreign("192.0.2.1", comment: null), null, ct);
        await Records.AddAsync(_fixture.Emulator.ZoneId, Foreign("192.0.2.2", "nexaloak:c1:n2"), null, ct);

        IReadOnlyList<DomainRecord> records = await Domain.ListAsync(ct);

        Assert.That(records.Select(record => record.Owner), Is.EqualTo(new RecordOwner?[] { null, null }));
        foreach (DomainRecord record in records)
        {
            Assert.That(async () => await Domain.UnassignAsync(record, 7, ct), Failure(DnsFailure.Invalid).With.Message.Contains("is not ours"));
        }

        Assert.That(_fixture.Emulator.Journal.Entries.Where(entry => entry.Method == "DELETE"), Is.Empty);
    }

    [TestCase("""{"comment":"taken over by hand"}""")]
    [TestCase("""{"content":"192.0.2.99"}""")]
    [TestCase("""{"name":"other.example.com"}""")]
    [TestCase("""{"comment":"nexaloak:c1:n1:t9"}""")]
    public async Task A_record_that_someone_changed_since_it_was_listed_stays(string change, CancellationToken ct)
    {
        await Domain.AssignAsync("192.0.2.1", Owner, ct);
        DomainRecord record = (await Domain.ListAsync(ct)).Single();
        using HttpClient http = _fixture.CreateHttpClient();
        using HttpResponseMessage patched = await http.PatchAsync(
            $"zones/{_fixture.Emulator.ZoneId}/dns_records/{record.Id}", new StringContent(change), ct);
        Assert.That(patched.IsSuccessStatusCode, Is.True);

        Assert.That(async () => await Domain.UnassignAsync(record, 8, ct), Failure(DnsFailure.Transient).With.Message.Contains("changed by someone else"));
        Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Other_names_and_types_are_not_of_the_domain(CancellationToken ct)
    {
        await Domain.AssignAsync("192.0.2.1", Owner, ct);
        string comment = Owner.ToComment();
        await Records.AddAsync(_fixture.Emulator.ZoneId, Foreign("192.0.2.2", comment) with { Name = "sub.vpn.example.com" }, null, ct);
        await Records.AddAsync(_fixture.Emulator.ZoneId, Foreign("192.0.2.3", comment) with { Name = "example.com" }, null, ct);
        await Records.AddAsync(_fixture.Emulator.ZoneId, Foreign("2001:db8::1", comment) with { Type = "AAAA" }, null, ct);

        Assert.That((await Domain.ListAsync(ct)).Select(record => record.Address), Is.EqualTo(["192.0.2.1"]));
    }

    [Test]
    public async Task A_lost_answer_is_unclear_and_the_list_then_shows_what_happened(CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.DropAfter, Method = "POST" });
        Assert.That(async () => await Domain.AssignAsync("192.0.2.1", Owner, ct), Failure(DnsFailure.Transient));
        DomainRecord record = (await Domain.ListAsync(ct)).Single();
        Assert.That(record.Owner, Is.EqualTo(Owner));

        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.DropAfter, Method = "DELETE" });
        Assert.That(async () => await Domain.UnassignAsync(record, 7, ct), Failure(DnsFailure.Transient));
        Assert.That(await Domain.ListAsync(ct), Is.Empty);
        Assert.That(_fixture.Emulator.Journal.Entries.Count(entry => entry.IsWrite), Is.EqualTo(2));
    }

    [Test]
    public async Task All_pages_of_the_domain_are_listed(CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.SmallPages, Count = null });
        for (int i = 1; i <= 8; i++)
        {
            await Domain.AssignAsync($"192.0.2.{i}", Owner with { Node = $"n{i}" }, ct);
        }

        Assert.That((await Domain.ListAsync(ct)).Select(record => record.Owner!.Node), Is.EqualTo(Enumerable.Range(1, 8).Select(i => $"n{i}")));
    }

    [Test]
    public void An_unknown_zone_is_named_with_what_to_do(CancellationToken ct)
    {
        var domain = new CloudflareServiceDomain(_fixture.Client, "example.org", "vpn.example.org");

        Assert.That(
            async () => await domain.ListAsync(ct),
            Failure(DnsFailure.NotFound).With.Message.EqualTo(
                $"Cloudflare shows no zone example.org to the token in {_fixture.TokenFile}: check the zone's name, and that the token may read it (Zone:Read)."));
    }

    [Test]
    public async Task A_wrong_token_is_named_with_what_to_do(CancellationToken ct)
    {
        string token = new('0', 40);
        await File.WriteAllTextAsync(_fixture.TokenFile, token, ct);

        Assert.That(
            async () => await Domain.ListAsync(ct),
            Failure(DnsFailure.Unauthorized)
                .With.Message.EqualTo(
                    "Cloudflare did not find the zone example.com: HTTP 403, 9109 Invalid access token. "
                    + $"Give the token in {_fixture.TokenFile} Zone:Read and DNS:Edit for zone example.com, and check its expiry and its address filter.")
                .And.Message.Not.Contains(token));
    }

    [Test]
    public void The_time_to_wait_reaches_the_caller(CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.RateLimit, Seconds = 120 });

        Assert.That(
            async () => await Domain.ListAsync(ct),
            Failure(DnsFailure.RateLimited)
                .With.Property(nameof(DnsException.RetryAfter)).EqualTo(TimeSpan.FromSeconds(120))
                .And.Message.Contains("Next try in 120 s."));
    }

    [Test]
    public async Task A_full_zone_and_a_refused_record_are_told_apart(CancellationToken ct)
    {
        for (int i = 1; i <= 10; i++)
        {
            await Domain.AssignAsync($"192.0.2.{i}", Owner, ct);
        }

        Assert.That(async () => await Domain.AssignAsync("192.0.2.11", Owner, ct), Failure(DnsFailure.Quota));
        Assert.That(async () => await Domain.AssignAsync("192.0.2.300", Owner, ct), Failure(DnsFailure.Invalid));
        Assert.That(async () => await Domain.AssignAsync("2001:db8::1", Owner, ct), Failure(DnsFailure.Invalid));
        Assert.That(async () => await Domain.AssignAsync("192.0.2.11", Owner with { Node = "n 1" }, ct), Failure(DnsFailure.Invalid));
    }

    [Test]
    public async Task A_zone_can_be_named_by_its_id(CancellationToken ct)
    {
        var domain = new CloudflareServiceDomain(_fixture.Client, _fixture.Emulator.ZoneId, EmulatorFixture.Domain);
        await domain.AssignAsync("192.0.2.1", Owner, ct);

        Assert.That((await domain.ListAsync(ct)).Single().Owner, Is.EqualTo(Owner));
        Assert.That(_fixture.Emulator.Journal.Entries.Select(entry => entry.Path), Has.None.Contains("/zones?"));
    }

    [Test]
    public async Task The_zone_is_looked_up_once(CancellationToken ct)
    {
        await Domain.ListAsync(ct);
        await Domain.ListAsync(ct);

        Assert.That(_fixture.Emulator.Journal.Entries.Count(entry => entry.Path.Contains("/zones?", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [TestCase("example.com", "vpn.example.org", 60)]
    [TestCase("example.com", "vpnexample.com", 60)]
    [TestCase("example.com", "vpn .example.com", 60)]
    [TestCase("example.com", "", 60)]
    [TestCase("", "vpn.example.com", 60)]
    [TestCase("example.com", "vpn.example.com", 59)]
    [TestCase("example.com", "vpn.example.com", 0)]
    [TestCase("example.com", "vpn.example.com", 86401)]
    public void A_domain_that_cannot_be_is_refused_at_once(string zone, string domain, int ttl)
        => Assert.That(() => new CloudflareServiceDomain(_fixture.Client, zone, domain, ttl), Throws.ArgumentException);

    private static NewDnsRecord Foreign(string content, string? comment)
        => new() { Type = "A", Name = EmulatorFixture.Domain, Content = content, Comment = comment };

    private static EqualConstraint<DnsFailure> Failure(DnsFailure failure)
        => Throws.TypeOf<DnsException>().With.Property(nameof(DnsException.Failure)).EqualTo(failure);
}
