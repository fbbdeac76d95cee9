using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Emulator;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>A node that can't start says why, in one line, and touches nothing. Each case runs the real executable.</summary>
public sealed class ServeRefusalTests
{
    [Test]
    public async Task An_unknown_option()
        => AssertRefused(await ProgramRun.RunAsync("serve", "--verbose"), 2, "'--verbose'", "See 'nexaloak serve --help'.");

    [Test]
    public async Task A_missing_configuration()
    {
        ProgramResult result = await ProgramRun.RunAsync("serve", "--config", "/nowhere/nexaloak.json");

        AssertRefused(result, 1, "/nowhere/nexaloak.json: there is no such", "'nexaloak init'");
    }

    [Test]
    public async Task A_malformed_configuration()
    {
        using var files = new FleetFiles();
        await File.WriteAllTextAsync(files.Config, "{\n  \"cluster\" \"c1\"\n}\n");

        AssertRefused(await ServeAsync(files), 1, $"{files.Config} line 2: the text is not JSON", "Correct it");
    }

    [Test]
    public async Task An_unknown_key()
    {
        using var files = new FleetFiles();
        files.Edit(root => root["colour"] = "red");

        AssertRefused(await ServeAsync(files), 1, "$.colour: unknown key", "The keys here are");
    }

    [Test]
    public async Task A_busy_port()
    {
        await using CloudflareEmulator cloud = await StartCloudAsync();
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        int port = ((IPEndPoint)busy.LocalEndpoint).Port;
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { ApiPort = port });

        AssertRefused(await ServeAsync(files), 1, $"127.0.0.1:{port}", "stop it, or change the port");
    }

    [Test]
    public async Task A_missing_token()
    {
        await using CloudflareEmulator cloud = await StartCloudAsync();
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { Token = null });

        AssertRefused(await ServeAsync(files), 1, "cloudflare.token must hold one API token", "Zone:Read and DNS:Edit");
    }

    [Test]
    public async Task A_token_that_Cloudflare_refuses()
    {
        string wrong = new('w', 40);
        await using CloudflareEmulator cloud = await StartCloudAsync();
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { Token = wrong });

        ProgramResult result = await ServeAsync(files);

        AssertRefused(result, 1, "Cloudflare did not", "Zone:Read and DNS:Edit");
        Assert.That(string.Join('\n', [.. result.Output, .. result.Errors]), Does.Not.Contain(wrong));
    }

    [Test]
    public async Task A_zone_that_Cloudflare_does_not_know()
    {
        await using CloudflareEmulator cloud = await StartCloudAsync();
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { Zone = "example.org", Domain = "vpn.example.org" });

        AssertRefused(await ServeAsync(files), 1, "no zone example.org", "check the zone's name");
    }

    [Test]
    public async Task A_Cloudflare_that_can_not_be_reached_when_a_node_starts_for_the_first_time()
    {
        using var files =
            new FleetFiles(plan => Alone.Of(plan) with { DnsApi = new Uri($"http://127.0.0.1:{Alone.FreePort()}/client/v4/") });

        AssertRefused(await ServeAsync(files), 1, "can't be reached", "check the network and dns.api");
    }

    [Test]
    public async Task A_Cloudflare_that_can_not_be_reached_does_not_keep_a_known_node_from_voting()
    {
        using var files = await FormedAsync();
        files.Edit(root => root["dns"]!["api"] = $"http://127.0.0.1:{Alone.FreePort()}/client/v4/");

        using ProgramRun run = ProgramRun.Start("serve", "--config", files.Config);
        await Eventually.HoldsAsync(() => Alone.IsServingAsync(files.Api), "the node leads its cluster of one");

        Assert.That(run.Output, Has.Some.Contains("the node starts all the same"));
        Assert.That(await run.TerminateAsync(), Is.Zero);
    }

    [Test]
    public async Task The_data_of_another_cluster()
    {
        using var files = await FormedAsync();
        using var others = new FleetFiles(plan => Alone.Of(plan) with { Cluster = "c2" });
        others.Edit(root => root["dataDirectory"] = files.Data);
        IReadOnlyDictionary<string, byte[]> before = Content(files.Data);

        AssertRefused(await ServeAsync(others), 1, files.Data, "c1/n1");
        Assert.That(Content(files.Data), Is.EqualTo(before));
    }

    [Test]
    public async Task A_corrupted_log()
    {
        using var files = await FormedAsync();
        foreach (string file in Directory.EnumerateFiles(files.Data, "*", SearchOption.AllDirectories))
        {
            byte[] content = await File.ReadAllBytesAsync(file);
            int last = Array.FindLastIndex(content, b => b != 0);
            foreach (int at in last < 0 ? (int[])[] : [last / 4, last / 2, last * 3 / 4])
            {
                content[at] ^= 0xFF;
            }

            await File.WriteAllBytesAsync(file, content);
        }

        IReadOnlyDictionary<string, byte[]> before = Content(files.Data);
        AssertRefused(await ServeAsync(files), 1, files.Data, "");
        Assert.That(Content(files.Data), Is.EqualTo(before));
    }

    [Test]
    public async Task A_certificate_of_another_node()
    {
        await using CloudflareEmulator cloud = await StartCloudAsync();
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { Nodes = plan.Nodes });
        files.Edit(root =>
        {
            root["tls"]!["certificate"] = "../n2/node.crt";
            root["tls"]!["key"] = "../n2/node.key";
        });

        AssertRefused(await ServeAsync(files), 1, "nexaloak://c1/2", "'nexaloak init'");
    }

    private static Task<ProgramResult> ServeAsync(FleetFiles files) => ProgramRun.RunAsync("serve", "--config", files.Config);

    private static Task<CloudflareEmulator> StartCloudAsync()
        => CloudflareEmulator.StartAsync(new CloudflareEmulatorOptions { ZoneName = "example.com" }, CancellationToken.None);

    /// <summary>A cluster of one that has run before.</summary>
    private static async Task<FleetFiles> FormedAsync()
    {
        await using CloudflareEmulator cloud = await StartCloudAsync();
        var files = new FleetFiles(plan => Alone.Reaching(cloud, plan));
        using ProgramRun run = ProgramRun.Start("serve", "--config", files.Config);
        await Eventually.HoldsAsync(() => Alone.IsServingAsync(files.Api), "the node leads its cluster of one");
        Assert.That(await run.TerminateAsync(), Is.Zero, string.Join('\n', run.Errors));
        return files;
    }

    private static Dictionary<string, byte[]> Content(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes);

    private static void AssertRefused(ProgramResult result, int exitCode, string cause, string remedy)
    {
        Assert.That(result.Errors, Has.Count.EqualTo(1), string.Join('\n', result.Errors));
        Assert.That(result.Errors[0], Does.StartWith("nexaloak: ").And.Contain(cause).And.Contain(remedy));
        Assert.That(string.Join('\n', [.. result.Output, .. result.Errors]), Does.Not.Contain("   at "), "no stack trace");
        Assert.That(result.ExitCode, Is.EqualTo(exitCode));
    }
}
