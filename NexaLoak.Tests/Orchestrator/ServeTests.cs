using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator.Emulator;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>A node that runs, and what it tells of itself.</summary>
public sealed class ServeTests
{
    [Test]
    public async Task A_node_tells_its_status_over_HTTP_and_to_the_status_command()
    {
        await using CloudflareEmulator cloud = await CloudflareEmulator.StartAsync(
            new() { ZoneName = "example.com" }, CancellationToken.None);
        using var vpn = new TcpListener(IPAddress.Loopback, 0);
        vpn.Start();
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { VpnPort = ((IPEndPoint)vpn.LocalEndpoint).Port });
        using ProgramRun run = ProgramRun.Start("serve", "--config", files.Config, "--log-format", "json");
        using var http = new HttpClient { BaseAddress = files.Api };
        await Eventually.HoldsAsync(() => Alone.IsServingAsync(files.Api), "the node leads its cluster of one");
        await Eventually.Holds(() => cloud.Records.Any(record => record.Content == "127.0.0.1"), "the node's address is in the domain");
        await Eventually.HoldsAsync(
            async () => (await http.GetStringAsync("api/v1/incidents")).Contains("\"assigned\"", StringComparison.Ordinal),
            "its outcome is recorded");

        JsonElement nodes = JsonElement.Parse(await http.GetStringAsync("api/v1/nodes"));
        ProgramResult json = await ProgramRun.RunAsync("status", "--api", files.Api.ToString(), "--json");
        ProgramResult table = await ProgramRun.RunAsync("status", "--config", files.Config);

        JsonElement status = JsonElement.Parse(string.Join('\n', json.Output));
        Assert.Multiple(async () =>
        {
            Assert.That(nodes.EnumerateArray().Single().GetProperty("condition").GetString(), Is.EqualTo("healthy"));
            Assert.That(status.GetProperty("role").GetString(), Is.EqualTo("leader"));
            Assert.That(status.GetProperty("leader").GetString(), Is.EqualTo("n1"));
            Assert.That(
                status.GetProperty("commitIndex").GetUInt64(), Is.EqualTo(status.GetProperty("appliedIndex").GetUInt64()).And.Positive);
            Assert.That(status.GetProperty("state").GetProperty("hash").GetString(), Has.Length.EqualTo(64));
            Assert.That(status.GetProperty("domain").GetProperty("addresses")[0].GetString(), Is.EqualTo("127.0.0.1"));
            Assert.That(status.GetProperty("operations")[0].GetProperty("state").GetString(), Is.EqualTo("done"));
            Assert.That(table.ExitCode, Is.Zero);
            Assert.That(string.Join('\n', table.Output), Does.Contain("n1 of cluster c1: leader").And.Contain("healthy"));
            Assert.That(await http.GetStringAsync("healthz"), Is.EqualTo("ok"));
            Assert.That(await http.GetStringAsync("readyz"), Is.EqualTo("ready"));
            using HttpResponseMessage write = await http.PostAsync(new Uri("api/v1/status", UriKind.Relative), null);
            Assert.That(write.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        });
        Assert.That(await run.TerminateAsync(), Is.Zero);
        Assert.That(run.Output, Is.Not.Empty);
        Assert.That(run.Output.Select(line => JsonElement.Parse(line).ValueKind), Is.All.EqualTo(JsonValueKind.Object));
        Assert.That(string.Join('\n', run.Output), Does.Not.Contain(cloud.Token));
        Assert.That(run.Errors, Is.Empty);
    }

    [Test]
    public async Task A_node_that_has_given_up_its_log_remembers_the_fleet_after_a_restart()
    {
        await using CloudflareEmulator cloud = await CloudflareEmulator.StartAsync(new() { ZoneName = "example.com" }, CancellationToken.None);
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan));
        files.Edit(root => root["raft"] = new JsonObject { ["snapshotEntries"] = 1 });
        using var http = new HttpClient { BaseAddress = files.Api };
        string incidents;
        using (ProgramRun run = ProgramRun.Start("serve", "--config", files.Config))
        {
            await Eventually.HoldsAsync(() => Alone.IsServingAsync(files.Api), "the node leads its cluster of one");
            await Eventually.HoldsAsync(() => HasGivenUpAsync(http), "its log begins behind what it registered with");
            incidents = await http.GetStringAsync("api/v1/incidents");
            Assert.That(await run.TerminateAsync(), Is.Zero);
        }

        using ProgramRun again = ProgramRun.Start("serve", "--config", files.Config);
        await Eventually.HoldsAsync(() => Alone.IsServingAsync(files.Api), "the node leads again");

        Assert.That(incidents, Does.Contain("registered"));
        Assert.That(await http.GetStringAsync("api/v1/incidents"), Does.StartWith(incidents.TrimEnd(']')));
        Assert.That(await again.TerminateAsync(), Is.Zero);
    }

    private static async Task<bool> HasGivenUpAsync(HttpClient http)
    {
        JsonElement status = JsonElement.Parse(await http.GetStringAsync("api/v1/status"));
        ulong first = status.GetProperty("baseIndex").GetUInt64();
        return first > 3 && status.GetProperty("snapshotIndex").GetUInt64() >= first;
    }

    [Test]
    public async Task Status_says_when_no_node_answers()
    {
        ProgramResult result = await ProgramRun.RunAsync("status", "--api", $"http://127.0.0.1:{Alone.FreePort()}");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Errors, Has.Count.EqualTo(1));
        Assert.That(result.Errors[0], Does.StartWith("nexaloak: http://127.0.0.1:").And.Contain("can't be asked"));
        Assert.That(result.Errors[0], Does.EndWith("Check that 'nexaloak serve' runs there."));
    }

    [TestCase("status")]
    [TestCase("status", "--api", "ftp://127.0.0.1")]
    [TestCase("status", "--api", "http://127.0.0.1", "--config", "x")]
    [TestCase("demo", "--nodes", "2")]
    [TestCase("demo", "--nodes", "many")]
    [TestCase("demo", "--scenario", "flood")]
    [TestCase("demo", "--once")]
    [TestCase("dmeo")]
    public async Task A_wrong_command_line_is_one_line(params string[] arguments)
    {
        ProgramResult result = await ProgramRun.RunAsync(arguments);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Errors, Has.Count.EqualTo(1), string.Join('\n', result.Errors));
        Assert.That(result.Errors[0], Does.StartWith("nexaloak: ").And.EndWith("--help'."));
    }

    [TestCase("init")]
    [TestCase("serve")]
    [TestCase("recover")]
    [TestCase("status")]
    [TestCase("demo")]
    public async Task Every_command_has_help(string command)
    {
        ProgramResult result = await ProgramRun.RunAsync(command, "--help");

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(string.Join('\n', result.Output), Does.Contain($"nexaloak {command} [options]"));
    }
}
