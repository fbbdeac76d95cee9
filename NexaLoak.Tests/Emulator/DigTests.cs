using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NexaLoak.Orchestrator.Dns;
using NUnit.Framework;

namespace NexaLoak.Tests.Emulator;

/// <summary>What BIND's own client sees, where it is installed.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class DigTests
{
    private EmulatorFixture _fixture = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _fixture = await EmulatorFixture.StartAsync();
        for (int i = 1; i <= 5; i++)
        {
            await _fixture.ServiceDomain.AssignAsync($"127.0.1.{i}", new RecordOwner("c1", $"n{i}", 1), CancellationToken.None);
        }
    }

    [TearDown]
    public async Task StopAsync() => await _fixture.DisposeAsync();

    [TestCase("")]
    [TestCase("+tcp")]
    [TestCase("+noedns")]
    [TestCase("+noedns +tcp")]
    [TestCase("+dnssec +cookie")]
    public async Task Dig_sees_the_addresses_over_udp_and_tcp(string options, CancellationToken ct)
    {
        string output = await DigAsync($"+short {options} {EmulatorFixture.Domain} A", ct);

        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EquivalentTo(Enumerable.Range(1, 5).Select(i => $"127.0.1.{i}")));
    }

    [Test]
    public async Task Dig_finds_nothing_to_complain_about(CancellationToken ct)
    {
        string good = await DigAsync($"{EmulatorFixture.Domain} A", ct);
        string missing = await DigAsync("nobody.example.com A", ct);
        string empty = await DigAsync($"{EmulatorFixture.Domain} AAAA", ct);

        Assert.Multiple(() =>
        {
            Assert.That(good, Does.Contain("status: NOERROR").And.Contain("flags: qr aa rd;").And.Contain("ANSWER: 5"));
            Assert.That(good, Does.Match(@"vpn\.example\.com\.\s+60\s+IN\s+A\s+127\.0\.1\.1"));
            Assert.That(missing, Does.Contain("status: NXDOMAIN").And.Match(@"example\.com\.\s+1800\s+IN\s+SOA\s+ada\.ns\.cloudflare\.com\. dns\.cloudflare\.com\. "));
            Assert.That(empty, Does.Contain("status: NOERROR").And.Contain("ANSWER: 0").And.Contain("SOA"));
            Assert.That(good + missing + empty, Does.Not.Contain("malformed").And.Not.Contain("Warning: Message parser"));
        });
    }

    [Test]
    public async Task Dig_goes_to_tcp_when_it_must(CancellationToken ct)
    {
        for (int i = 6; i <= 60; i++)
        {
            await _fixture.ServiceDomain.AssignAsync($"127.0.1.{i}", new RecordOwner("c1", $"n{i}", 1), ct);
        }

        string output = await DigAsync($"+noedns {EmulatorFixture.Domain} A", ct);

        Assert.That(output, Does.Contain("Truncated, retrying in TCP mode").And.Contain("ANSWER: 60"));
    }

    private async Task<string> DigAsync(string arguments, CancellationToken ct)
    {
        int port = _fixture.Emulator.DnsEndPoint.Port;
        var start = new ProcessStartInfo("dig", string.Create(CultureInfo.InvariantCulture, $"@127.0.0.1 -p {port} +tries=3 +time=5 {arguments}"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(ct);
            string output = await process.StandardOutput.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            Assert.That(process.ExitCode, Is.Zero, output + await errors);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("dig is not installed (Debian: bind9-dnsutils)");
            throw;
        }
    }
}
