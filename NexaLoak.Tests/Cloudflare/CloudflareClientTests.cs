using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Tests.Emulator;
using NUnit.Framework;

namespace NexaLoak.Tests.Cloudflare;

/// <summary>The client against the emulator over real sockets: what comes of a request in each case.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class CloudflareClientTests
{
    private EmulatorFixture _fixture = null!;

    private DnsRecordsClient Records => _fixture.Client.Zones.DnsRecords;

    private string ZoneId => _fixture.Emulator.ZoneId;

    [SetUp]
    public async Task StartAsync() => _fixture = await EmulatorFixture.StartAsync(options => options with { RecordQuota = 5 });

    [TearDown]
    public async Task StopAsync() => await _fixture.DisposeAsync();

    [Test]
    public async Task The_token_is_verified(CancellationToken ct)
    {
        CloudflareResult<TokenStatus> result = await _fixture.Client.Users.VerifyAsync(ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Ok), result.Reason);
        Assert.That(result.Value.Status, Is.EqualTo("active"));
    }

    [Test]
    public async Task A_zone_is_found_by_name_and_an_unknown_one_is_an_empty_list(CancellationToken ct)
    {
        CloudflareResult<IReadOnlyList<Zone>> known = await _fixture.Client.Zones.GetAsync(new ZoneFilter { Name = "example.com" }, ct);
        CloudflareResult<IReadOnlyList<Zone>> unknown = await _fixture.Client.Zones.GetAsync(new ZoneFilter { Name = "example.org" }, ct);

        Assert.That(known.Value.Single().Id, Is.EqualTo(ZoneId));
        Assert.That(unknown.Value, Is.Empty);
    }

    [Test]
    public async Task A_record_is_created_changed_read_and_deleted(CancellationToken ct)
    {
        DnsRecord created = (await Records.AddAsync(ZoneId, New("192.0.2.1") with { Comment = "first" }, null, ct)).Value;
        DnsRecord changed = (await Records.UpdateAsync(ZoneId, created.Id, new ModifiedDnsRecord { Ttl = 120 }, null, ct)).Value;
        DnsRecord read = (await Records.GetDetailsAsync(ZoneId, created.Id, ct)).Value;
        ObjectId deleted = (await Records.DeleteAsync(ZoneId, created.Id, new WriteOrigin(9, "test"), ct)).Value;
        CloudflareResult<DnsRecord> gone = await Records.GetDetailsAsync(ZoneId, created.Id, ct);

        Assert.Multiple(() =>
        {
            Assert.That(created, Is.EqualTo(
                new DnsRecord { Id = created.Id, Type = "A", Name = "vpn.example.com", Content = "192.0.2.1", Ttl = 60, Comment = "first" }));
            Assert.That(changed, Is.EqualTo(created with { Ttl = 120 }));
            Assert.That(read, Is.EqualTo(changed));
            Assert.That(deleted.Id, Is.EqualTo(created.Id));
            Assert.That(gone.Outcome, Is.EqualTo(CloudflareOutcome.NotFound));
            Assert.That(gone.HasError(81044), Is.True);
            Assert.That(_fixture.Emulator.Journal.Entries.Single(entry => entry.Method == "DELETE").Term, Is.EqualTo(9));
        });
    }

    [Test]
    public async Task A_record_that_is_there_is_done_when_created_and_in_the_way_otherwise(CancellationToken ct)
    {
        DnsRecord first = (await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct)).Value;
        DnsRecord second = (await Records.AddAsync(ZoneId, New("192.0.2.2"), null, ct)).Value;

        CloudflareResult<DnsRecord> again = await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct);
        CloudflareResult<DnsRecord> change = await Records.UpdateAsync(ZoneId, second.Id, new ModifiedDnsRecord { Content = first.Content }, null, ct);
        CloudflareResult<DnsRecordBatchResult> batch = await Records.BatchAsync(ZoneId, new DnsRecordBatch { Posts = [New("192.0.2.3"), New("192.0.2.1")] }, null, ct);

        Assert.Multiple(() =>
        {
            Assert.That(again.Outcome, Is.EqualTo(CloudflareOutcome.AlreadyDone));
            Assert.That(change.Outcome, Is.EqualTo(CloudflareOutcome.Validation));
            Assert.That(batch.Outcome, Is.EqualTo(CloudflareOutcome.Validation));
            Assert.That(_fixture.Emulator.Records.Select(record => record.Content), Is.EqualTo(["192.0.2.1", "192.0.2.2"]));
        });
    }

    [Test]
    public async Task A_batch_does_everything_at_once(CancellationToken ct)
    {
        DnsRecord first = (await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct)).Value;
        DnsRecord second = (await Records.AddAsync(ZoneId, New("192.0.2.2"), null, ct)).Value;
        DnsRecord third = (await Records.AddAsync(ZoneId, New("192.0.2.3"), null, ct)).Value;

        CloudflareResult<DnsRecordBatchResult> result = await Records.BatchAsync(
            ZoneId,
            new DnsRecordBatch
            {
                Deletes = [new ObjectId(first.Id)],
                Patches = [new ModifiedDnsRecord { Id = second.Id, Comment = "patched" }],
                Puts = [New("192.0.2.33") with { Id = third.Id }],
                Posts = [New("192.0.2.4")],
            },
            new WriteOrigin(3, "batch"),
            ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Ok), result.Reason);
        Assert.Multiple(() =>
        {
            Assert.That(result.Value.Deletes!.Single().Id, Is.EqualTo(first.Id));
            Assert.That(result.Value.Patches!.Single(), Is.EqualTo(second with { Comment = "patched" }));
            Assert.That(result.Value.Puts!.Single().Content, Is.EqualTo("192.0.2.33"));
            Assert.That(result.Value.Posts!.Single().Content, Is.EqualTo("192.0.2.4"));
            Assert.That(_fixture.Emulator.Records.Select(record => record.Content), Is.EqualTo(["192.0.2.2", "192.0.2.33", "192.0.2.4"]));
            Assert.That(_fixture.Emulator.Journal.Entries[^1].Changes.Select(change => (change.Order, change.Action)),
                Is.EqualTo(new[] { (4L, "delete"), (5L, "update"), (6L, "update"), (7L, "create") }));
        });
    }

    [Test]
    public async Task A_refused_request_is_told_from_a_full_zone(CancellationToken ct)
    {
        for (int i = 1; i <= 5; i++)
        {
            await Records.AddAsync(ZoneId, New($"192.0.2.{i}"), null, ct);
        }

        CloudflareResult<DnsRecord> invalid = await Records.AddAsync(ZoneId, New("192.0.2.300"), null, ct);
        CloudflareResult<DnsRecord> full = await Records.AddAsync(ZoneId, New("192.0.2.6"), null, ct);

        Assert.Multiple(() =>
        {
            Assert.That(invalid.Outcome, Is.EqualTo(CloudflareOutcome.Validation));
            Assert.That(invalid.Reason, Is.EqualTo("HTTP 400, 9005 Content for A record must be a valid IPv4 address."));
            Assert.That(full.Outcome, Is.EqualTo(CloudflareOutcome.Quota));
        });
    }

    [Test]
    public async Task A_zone_of_someone_else_or_a_malformed_id_is_not_ours(CancellationToken ct)
    {
        CloudflareResult<IReadOnlyList<DnsRecord>> other = await Records.GetAsync(new string('0', 32), new DnsRecordFilter(), ct);
        CloudflareResult<IReadOnlyList<DnsRecord>> malformed = await Records.GetAsync("../zones", new DnsRecordFilter(), ct);

        Assert.That(other.Outcome, Is.EqualTo(CloudflareOutcome.Unauthorized));
        Assert.That(malformed.Outcome, Is.EqualTo(CloudflareOutcome.NotFound));
    }

    [TestCase("0000000000000000000000000000000000000000", 403, 9109)]
    [TestCase("short", 400, 6003)]
    public async Task A_wrong_token_is_refused_and_never_shown(string token, int status, int code, CancellationToken ct)
    {
        await File.WriteAllTextAsync(_fixture.TokenFile, token, ct);

        CloudflareResult<IReadOnlyList<Zone>> result = await _fixture.Client.Zones.GetAsync(new ZoneFilter(), ct);

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Unauthorized));
            Assert.That(result.StatusCode, Is.EqualTo(status));
            Assert.That(result.HasError(code), Is.True);
            Assert.That(result.ToString(), Does.Not.Contain(token));
        });
    }

    [Test]
    public async Task A_new_token_is_used_from_the_next_request_on(CancellationToken ct)
    {
        await File.WriteAllTextAsync(_fixture.TokenFile, new string('0', 40), ct);
        CloudflareResult<TokenStatus> wrong = await _fixture.Client.Users.VerifyAsync(ct);
        await File.WriteAllTextAsync(_fixture.TokenFile, _fixture.Emulator.Token, ct);
        CloudflareResult<TokenStatus> right = await _fixture.Client.Users.VerifyAsync(ct);

        Assert.That((wrong.Outcome, wrong.StatusCode), Is.EqualTo((CloudflareOutcome.Unauthorized, 401)));
        Assert.That(right.Outcome, Is.EqualTo(CloudflareOutcome.Ok));
    }

    [TestCase("")]
    [TestCase("two tokens")]
    [TestCase("first\nsecond")]
    public async Task A_token_file_without_a_token_is_named_and_nothing_is_sent(string content, CancellationToken ct)
    {
        await File.WriteAllTextAsync(_fixture.TokenFile, content, ct);
        CloudflareResult<TokenStatus> result = await _fixture.Client.Users.VerifyAsync(ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Unauthorized));
        Assert.That(result.Reason, Is.EqualTo($"the token file {_fixture.TokenFile} must hold one API token and nothing else"));
        Assert.That(_fixture.Emulator.Journal.Entries, Is.Empty);
    }

    [Test]
    public async Task A_missing_token_file_is_named(CancellationToken ct)
    {
        File.Delete(_fixture.TokenFile);
        CloudflareResult<TokenStatus> result = await _fixture.Client.Users.VerifyAsync(ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Unauthorized));
        Assert.That(result.Reason, Does.StartWith($"the token file {_fixture.TokenFile} can't be read: "));
    }

    [TestCase(nameof(FaultKind.RevokeToken))]
    [TestCase(nameof(FaultKind.RefuseAddress))]
    public async Task A_token_that_lost_its_power_is_unauthorized(string kind, CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = Enum.Parse<FaultKind>(kind) });

        Assert.That((await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct)).Outcome, Is.EqualTo(CloudflareOutcome.Unauthorized));
        Assert.That((await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct)).Outcome, Is.EqualTo(CloudflareOutcome.Ok));
    }

    [TestCase(nameof(FaultKind.ServerError))]
    [TestCase(nameof(FaultKind.DropBefore))]
    [TestCase(nameof(FaultKind.DropAfter))]
    public async Task A_read_without_a_readable_answer_is_tried_again_a_few_times(string kind, CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = Enum.Parse<FaultKind>(kind), Count = 2 });
        Assert.That((await Records.GetAsync(ZoneId, new DnsRecordFilter(), ct)).Outcome, Is.EqualTo(CloudflareOutcome.Ok));

        _fixture.Emulator.Faults.Add(new FaultRule { Kind = Enum.Parse<FaultKind>(kind), Count = null });
        CloudflareResult<IReadOnlyList<DnsRecord>> result = await Records.GetAsync(ZoneId, new DnsRecordFilter(), ct);
        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Transient));
        Assert.That(result.Reason, Is.Not.Empty.And.Not.Contains("\n"));
    }

    [TestCase(nameof(FaultKind.ServerError), "POST", 0)]
    [TestCase(nameof(FaultKind.DropBefore), "POST", 0)]
    [TestCase(nameof(FaultKind.DropAfter), "POST", 1)]
    [TestCase(nameof(FaultKind.ServerError), "DELETE", 1)]
    [TestCase(nameof(FaultKind.DropBefore), "DELETE", 1)]
    [TestCase(nameof(FaultKind.DropAfter), "DELETE", 0)]
    public async Task A_write_is_sent_once_whatever_comes_of_it(string kind, string method, int recordsAfter, CancellationToken ct)
    {
        string? id = method == "DELETE" ? (await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct)).Value.Id : null;
        await Records.GetAsync(ZoneId, new DnsRecordFilter(), ct);
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = Enum.Parse<FaultKind>(kind), Method = method });
        int before = _fixture.Emulator.Journal.Entries.Count;

        CloudflareOutcome outcome = id is null
            ? (await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct)).Outcome
            : (await Records.DeleteAsync(ZoneId, id, null, ct)).Outcome;

        Assert.Multiple(() =>
        {
            Assert.That(outcome, Is.EqualTo(CloudflareOutcome.Transient));
            Assert.That(_fixture.Emulator.Journal.Entries, Has.Count.EqualTo(before + 1));
            Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(recordsAfter));
        });
    }

    [Test]
    public async Task A_write_that_hangs_times_out_and_may_still_happen(CancellationToken ct)
    {
        using CloudflareClient hasty = _fixture.CreateClient(_fixture.Options with { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        ActiveFault fault = _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.HangBefore, Method = "POST" });

        CloudflareResult<DnsRecord> result = await hasty.Zones.DnsRecords.AddAsync(ZoneId, New("192.0.2.1"), null, ct);
        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Transient));
        Assert.That(result.Reason, Does.EndWith("did not answer within 0.3 s"));
        Assert.That(_fixture.Emulator.Records, Is.Empty);

        await _fixture.Emulator.Journal.WaitForAsync(entry => entry.Fault == FaultKind.HangBefore, ct);
        _fixture.Emulator.Faults.Remove(fault.Id);
        await _fixture.Emulator.Journal.WaitForAsync(entry => entry is { Method: "POST", Applied: true }, ct);
        Assert.That(_fixture.Emulator.Records, Has.Length.EqualTo(1));
    }

    [Test]
    public void A_caller_that_cancels_gets_its_cancellation(CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.HangAfter });
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task call = Records.GetAsync(ZoneId, new DnsRecordFilter(), cancellation.Token);
        cancellation.Cancel();

        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Nobody_at_the_address_is_a_transient_failure(CancellationToken ct)
    {
        await _fixture.Emulator.StopAsync();
        CloudflareResult<TokenStatus> result = await _fixture.Client.Users.VerifyAsync(ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Transient));
        Assert.That(result.StatusCode, Is.Null);
        Assert.That(result.Reason, Does.Contain(_fixture.Emulator.ApiBaseAddress.Authority));
    }

    [Test]
    public async Task After_a_refusal_for_too_many_requests_nothing_is_sent_for_the_time_asked(CancellationToken ct)
    {
        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.RateLimit, Seconds = 300 });

        CloudflareResult<DnsRecord> refused = await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct);
        CloudflareResult<DnsRecord> held = await Records.AddAsync(ZoneId, New("192.0.2.1"), null, ct);

        Assert.Multiple(() =>
        {
            Assert.That((refused.Outcome, refused.RetryAfter), Is.EqualTo((CloudflareOutcome.RateLimited, TimeSpan.FromSeconds(300))));
            Assert.That(held.Outcome, Is.EqualTo(CloudflareOutcome.RateLimited));
            Assert.That(held.RetryAfter, Is.GreaterThan(TimeSpan.FromSeconds(200)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(300)));
            Assert.That(_fixture.Emulator.Journal.Entries, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Requests_wait_for_the_clients_own_limit_and_too_many_waiting_are_refused(CancellationToken ct)
    {
        using CloudflareClient slow = _fixture.CreateClient(_fixture.Options with { RequestBurst = 1, RequestsPerSecond = 1 });
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<CloudflareResult<TokenStatus>>[] calls = [.. Enumerable.Range(0, 300).Select(_ => slow.Users.VerifyAsync(cancellation.Token))];
        CloudflareResult<TokenStatus>[] refused = await FirstAsync(calls, 100);
        await cancellation.CancelAsync();

        Assert.That(refused, Has.Length.EqualTo(100));
        Assert.That(_fixture.Emulator.Journal.Entries, Has.Count.LessThan(60));

        static async Task<CloudflareResult<TokenStatus>[]> FirstAsync(Task<CloudflareResult<TokenStatus>>[] calls, int count)
        {
            var refused = new List<CloudflareResult<TokenStatus>>();
            await foreach (Task<CloudflareResult<TokenStatus>> call in Task.WhenEach(calls))
            {
                CloudflareResult<TokenStatus> result = await call;
                if (result.Outcome == CloudflareOutcome.RateLimited)
                {
                    refused.Add(result);
                }

                if (refused.Count == count)
                {
                    break;
                }
            }

            return [.. refused];
        }
    }

    [Test]
    public async Task All_pages_of_a_list_are_read(CancellationToken ct)
    {
        for (int i = 1; i <= 5; i++)
        {
            await Records.AddAsync(ZoneId, New($"192.0.2.{i}"), null, ct);
        }

        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.SmallPages, Count = null, PageSize = 2 });
        CloudflareResult<IReadOnlyList<DnsRecord>> result = await Records.GetAsync(ZoneId, new DnsRecordFilter { Type = "A" }, ct);

        Assert.That(result.Value.Select(record => record.Content), Is.EqualTo(Enumerable.Range(1, 5).Select(i => $"192.0.2.{i}")));
        Assert.That(_fixture.Emulator.Journal.Entries.Count(entry => entry.Method == "GET"), Is.EqualTo(3));
    }

    [Test]
    public async Task A_list_whose_pages_do_not_fit_together_is_read_anew(CancellationToken ct)
    {
        for (int i = 1; i <= 5; i++)
        {
            await Records.AddAsync(ZoneId, New($"192.0.2.{i}"), null, ct);
        }

        _fixture.Emulator.Faults.Add(new FaultRule { Kind = FaultKind.SmallPages, Count = 1, PageSize = 2 });
        CloudflareResult<IReadOnlyList<DnsRecord>> result = await Records.GetAsync(ZoneId, new DnsRecordFilter(), ct);

        Assert.That(result.Value, Has.Count.EqualTo(5));
        Assert.That(result.Value.Select(record => record.Id), Is.Unique);
    }

    [Test]
    public async Task Filters_choose_on_the_server(CancellationToken ct)
    {
        await Records.AddAsync(ZoneId, New("192.0.2.1") with { Comment = "nexaloak:c1:n1:t1" }, null, ct);
        await Records.AddAsync(ZoneId, New("192.0.2.2"), null, ct);
        await Records.AddAsync(ZoneId, New("192.0.2.1") with { Name = "other.example.com" }, null, ct);

        async Task<int> CountAsync(DnsRecordFilter filter) => (await Records.GetAsync(ZoneId, filter, ct)).Value.Count;

        Assert.That(await CountAsync(new DnsRecordFilter()), Is.EqualTo(3));
        Assert.That(await CountAsync(new DnsRecordFilter { Name = "vpn.example.com" }), Is.EqualTo(2));
        Assert.That(await CountAsync(new DnsRecordFilter { Content = "192.0.2.1" }), Is.EqualTo(2));
        Assert.That(await CountAsync(new DnsRecordFilter { CommentStart = "nexaloak:c1:" }), Is.EqualTo(1));
        Assert.That(await CountAsync(new DnsRecordFilter { Type = "AAAA" }), Is.Zero);
    }

    [Test]
    public async Task A_token_that_the_other_end_repeats_stays_out_of_messages(CancellationToken ct)
    {
        await using var server = new CannedServer(head =>
        {
            string authorization = head.Split("\r\n").Single(line => line.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase));
            string body = $$"""{"result":null,"success":false,"errors":[{"code":1,"message":"You sent\n{{authorization}}"}]}""".Replace("\n", "\\n", StringComparison.Ordinal);
            return $"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        });
        using CloudflareClient client = _fixture.CreateClient(_fixture.Options with { BaseAddress = server.BaseAddress });

        CloudflareResult<TokenStatus> result = await client.Users.VerifyAsync(ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Validation));
        Assert.That(result.Reason, Is.EqualTo("HTTP 400, 1 You sent Authorization: Bearer [token]"));
    }

    [Test]
    public async Task A_write_is_not_sent_again_when_the_other_end_closes_without_an_answer(CancellationToken ct)
    {
        await using var server = new CannedServer(_ => "");
        using CloudflareClient client = _fixture.CreateClient(_fixture.Options with { BaseAddress = server.BaseAddress });

        CloudflareResult<ObjectId> result = await client.Zones.DnsRecords.DeleteAsync(ZoneId, new string('0', 32), null, ct);

        Assert.That(result.Outcome, Is.EqualTo(CloudflareOutcome.Transient));
        Assert.That(server.Requests, Is.EqualTo(1));
    }

    [Test]
    public async Task A_redirection_is_not_followed(CancellationToken ct)
    {
        await using var server = new CannedServer(_ => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using CloudflareClient client = _fixture.CreateClient(_fixture.Options with { BaseAddress = server.BaseAddress, ReadRetries = 0 });

        CloudflareResult<TokenStatus> result = await client.Users.VerifyAsync(ct);

        Assert.That((result.Outcome, result.StatusCode), Is.EqualTo((CloudflareOutcome.Transient, 302)));
        Assert.That(server.Requests, Is.EqualTo(1));
    }

    private static NewDnsRecord New(string address) => new() { Type = "A", Name = "vpn.example.com", Content = address, Ttl = 60 };
}
