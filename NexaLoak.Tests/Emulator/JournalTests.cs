using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Emulator.Journal;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

[TestFixture]
[CancelAfter(60_000)]
public sealed class JournalTests
{
    [Test]
    public async Task The_journal_can_be_read_from_outside(CancellationToken ct)
    {
        var time = new ManualTimeProvider();
        await using var fixture = await EmulatorFixture.StartAsync(options => options with { TimeProvider = time });
        await fixture.ServiceDomain.AssignAsync("192.0.2.1", new RecordOwner("c1", "n1", 7), ct);
        DomainRecord record = (await fixture.ServiceDomain.ListAsync(ct)).Single();
        await fixture.ServiceDomain.UnassignAsync(record, 8, ct);
        await Task.WhenAll(fixture.Emulator.Journal.Entries.Select(entry =>
            fixture.Emulator.Journal.WaitForAsync(later => later.Sequence == entry.Sequence && later.Completed, ct)));

        using var http = new HttpClient { BaseAddress = fixture.Emulator.ControlBaseAddress };
        JsonArray all = JsonNode.Parse(await http.GetStringAsync("journal", ct))!.AsArray();
        JsonElement writes = JsonElement.Parse(await http.GetStringAsync("journal?writes=true", ct));
        JsonArray later = JsonNode.Parse(await http.GetStringAsync("journal?since=4", ct))!.AsArray();

        string path = $"/client/v4/zones/{fixture.Emulator.ZoneId}/dns_records";
        string shown = $$"""{"id":"{{record.Id}}","type":"A","name":"vpn.example.com","content":"192.0.2.1","comment":"nexaloak:c1:n1:t7"}""";
        Assert.Multiple(() =>
        {
            Assert.That(all.Select(Method), Is.EqualTo(["GET", "POST", "GET", "GET", "DELETE"]));
            Assert.That(later.Select(Method), Is.EqualTo(["DELETE"]));
            Assert.That(writes.GetArrayLength(), Is.EqualTo(2));
            Assert.That(writes[1].GetRawText(), Is.EqualTo(
                $$"""
                {"sequence":5,"time":"2030-01-01T00:00:00+00:00","method":"DELETE","path":"{{path}}/{{record.Id}}",
                "term":8,"operation":"unassign:n1","record":{{shown}},"fault":null,"changes":[{"action":"delete","order":2,"record":{{shown}} }],
                "applied":true,"status":200,"completed":true,"is_write":true}
                """.ReplaceLineEndings("").Replace(" }", "}", StringComparison.Ordinal)));
        });

        static string Method(JsonNode? entry) => entry!["method"]!.GetValue<string>();
    }

    [Test]
    public async Task The_term_comes_from_the_header_or_else_from_the_comment(CancellationToken ct)
    {
        await using var fixture = await EmulatorFixture.StartAsync();
        using HttpClient http = fixture.CreateHttpClient();
        string records = $"zones/{fixture.Emulator.ZoneId}/dns_records";

        async Task<ulong?> TermAsync(string body, string? header)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, records) { Content = new StringContent(body) };
            if (header is not null)
            {
                request.Headers.Add("X-NexaLoak-Term", header);
            }

            using HttpResponseMessage response = await http.SendAsync(request, ct);
            return fixture.Emulator.Journal.Entries[^1].Term;
        }

        const string Owned = """{"type":"A","name":"vpn","content":"192.0.2.1","comment":"nexaloak:c1:n1:t7"}""";
        Assert.That(await TermAsync(Owned, "9"), Is.EqualTo(9));
        Assert.That(await TermAsync(Owned, "nine"), Is.EqualTo(7));
        Assert.That(await TermAsync(Owned, null), Is.EqualTo(7));
        Assert.That(await TermAsync("not json", null), Is.Null);
    }

    [Test]
    public void The_oldest_requests_are_forgotten_past_the_capacity()
    {
        var journal = new RequestJournal(capacity: 3);
        for (int i = 1; i <= 5; i++)
        {
            journal.Begin(Entry);
        }

        journal.Update(1, entry => entry with { Status = 200 });
        journal.Update(5, entry => entry with { Status = 200 });

        Assert.That(journal.Entries.Select(entry => entry.Sequence), Is.EqualTo([3, 4, 5]));
        Assert.That(journal.Entries[^1].Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Changes_are_numbered_in_the_order_they_are_made(CancellationToken ct)
    {
        await using var fixture = await EmulatorFixture.StartAsync();
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i =>
            fixture.ServiceDomain.AssignAsync(string.Create(CultureInfo.InvariantCulture, $"192.0.2.{i}"), new RecordOwner("c1", $"n{i}", 7), ct)));

        JournalChange[] changes = [.. fixture.Emulator.Journal.Entries.SelectMany(entry => entry.Changes).OrderBy(change => change.Order)];

        Assert.That(changes.Select(change => change.Order), Is.EqualTo(Enumerable.Range(1, 40)));
        Assert.That(changes.Select(change => change.Record.Content), Is.EqualTo(fixture.Emulator.Records.Select(record => record.Content)));
    }

    private static JournalEntry Entry(long sequence)
        => new() { Sequence = sequence, Time = DateTimeOffset.UnixEpoch, Method = "GET", Path = "/" };
}
