using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Emulator;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

[TestFixture]
[CancelAfter(60_000)]
public sealed class CloudflareEmulatorTests
{
    private static readonly CloudflareEmulatorOptions Good = new() { ZoneName = "example.com" };

    private static IEnumerable<TestCaseData> Bad()
    {
        yield return new TestCaseData("ZoneName", Good with { ZoneName = "Example.com" });
        yield return new TestCaseData("ZoneName", Good with { ZoneName = "com" });
        yield return new TestCaseData("ZoneName", Good with { ZoneName = "exa mple.com" });
        yield return new TestCaseData("Token", Good with { Token = "short" });
        yield return new TestCaseData("ApiPort", Good with { ApiPort = 65536 });
        yield return new TestCaseData("DnsPort", Good with { DnsPort = -1 });
        yield return new TestCaseData("RequestLimit", Good with { RequestLimit = 0 });
        yield return new TestCaseData("RequestWindow", Good with { RequestWindow = TimeSpan.Zero });
        yield return new TestCaseData("RecordQuota", Good with { RecordQuota = 0 });
        yield return new TestCaseData("BatchLimit", Good with { BatchLimit = 0 });
        yield return new TestCaseData("JournalCapacity", Good with { JournalCapacity = 0 });
    }

    [TestCaseSource(nameof(Bad))]
    public void A_value_out_of_bounds_is_named(string name, object options)
        => Assert.That(
            async () => await CloudflareEmulator.StartAsync((CloudflareEmulatorOptions)options, CancellationToken.None),
            Throws.TypeOf<ValidationException>().With.Message.StartsWith($"CloudflareEmulatorOptions.{name} must be "));

    [Test]
    public async Task Two_emulators_run_side_by_side_with_tokens_of_their_own(CancellationToken ct)
    {
        await using CloudflareEmulator first = await CloudflareEmulator.StartAsync(Good, ct);
        await using CloudflareEmulator second = await CloudflareEmulator.StartAsync(Good with { Token = new string('t', 40) }, ct);

        Assert.Multiple(() =>
        {
            Assert.That(first.ApiBaseAddress.AbsoluteUri, Does.Match(@"^http://127\.0\.0\.1:\d+/client/v4/$"));
            Assert.That(first.ApiBaseAddress, Is.Not.EqualTo(second.ApiBaseAddress));
            Assert.That(first.DnsEndPoint.Address, Is.EqualTo(IPAddress.Loopback));
            Assert.That(first.DnsEndPoint, Is.Not.EqualTo(second.DnsEndPoint));
            Assert.That(first.Token, Has.Length.GreaterThanOrEqualTo(40).And.Not.EqualTo(second.Token));
        });
    }

    [Test]
    public async Task A_taken_port_is_named_and_nothing_stays_behind(CancellationToken ct)
    {
        int apiPort;
        int dnsPort;
        await using (CloudflareEmulator first = await CloudflareEmulator.StartAsync(Good, ct))
        {
            apiPort = first.ApiBaseAddress.Port;
            dnsPort = first.DnsEndPoint.Port;
            Assert.That(
                async () => await CloudflareEmulator.StartAsync(Good with { ApiPort = apiPort }, ct),
                Throws.InstanceOf<IOException>().With.Message.Contains($"127.0.0.1:{apiPort}").And.Message.Contains("Choose another port"));
            Assert.That(
                async () => await CloudflareEmulator.StartAsync(Good with { DnsPort = dnsPort }, ct),
                Throws.InstanceOf<IOException>().With.Message.Contains($"127.0.0.1:{dnsPort}").And.Message.Contains("Choose another port"));
        }

        using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, dnsPort));
        using var tcp = new TcpListener(IPAddress.Loopback, dnsPort);
        tcp.Start();
    }

    [Test]
    public async Task It_stops_once_however_often_it_is_told(CancellationToken ct)
    {
        CloudflareEmulator emulator = await CloudflareEmulator.StartAsync(Good, ct);
        await emulator.StopAsync();
        await emulator.StopAsync();
        await emulator.DisposeAsync();

        using var http = new HttpClient();
        Assert.That(async () => await http.GetAsync(emulator.ApiBaseAddress, ct), Throws.TypeOf<HttpRequestException>());
    }

    [Test]
    public async Task Other_paths_are_not_found(CancellationToken ct)
    {
        await using CloudflareEmulator emulator = await CloudflareEmulator.StartAsync(Good, ct);
        using var http = new HttpClient { BaseAddress = emulator.ApiBaseAddress };

        using HttpResponseMessage root = await http.GetAsync("/", ct);
        Assert.That(root.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }
}
