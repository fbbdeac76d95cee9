using NexaLoak.Orchestrator.Dns;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

[TestFixture]
[CancelAfter(60_000)]
public sealed class ServiceDomainJourneyTests
{
    [Test]
    public async Task Records_come_and_go_in_list_and_dns(CancellationToken ct)
    {
        await using var fixture = await EmulatorFixture.StartAsync();
        var dns = new DnsTestClient(fixture.Emulator.DnsEndPoint);

        await fixture.ServiceDomain.AssignAsync("127.0.1.1", new RecordOwner("c1", "n1", 7), ct);
        await fixture.ServiceDomain.AssignAsync("127.0.1.2", new RecordOwner("c1", "n2", 7), ct);

        IReadOnlyList<DomainRecord> records = await fixture.ServiceDomain.ListAsync(ct);
        Assert.That(records.Select(record => (record.Address, record.Owner)), Is.EqualTo(new (string, RecordOwner?)[]
        {
            ("127.0.1.1", new RecordOwner("c1", "n1", 7)),
            ("127.0.1.2", new RecordOwner("c1", "n2", 7)),
        }));
        Assert.That(await dns.AddressesAsync(EmulatorFixture.Domain, ct), Is.EquivalentTo(["127.0.1.1", "127.0.1.2"]));

        await fixture.ServiceDomain.UnassignAsync(records[0], 8, ct);

        Assert.That((await fixture.ServiceDomain.ListAsync(ct)).Single().Address, Is.EqualTo("127.0.1.2"));
        Assert.That(await dns.AddressesAsync(EmulatorFixture.Domain, ct), Is.EquivalentTo(["127.0.1.2"]));
        var deletion = fixture.Emulator.Journal.Entries.Single(entry => entry.Method == "DELETE");
        Assert.Multiple(() =>
        {
            Assert.That(deletion.Term, Is.EqualTo(8));
            Assert.That(deletion.Operation, Is.EqualTo("unassign:n1"));
            Assert.That(deletion.Applied, Is.True);
            Assert.That(deletion.Changes.Single().Order, Is.EqualTo(3));
            Assert.That(deletion.Record!.Content, Is.EqualTo("127.0.1.1"));
            Assert.That(deletion.Status, Is.EqualTo(200));
        });
    }
}
