using System.Text.Json;
using NexaLoak.Tests.Orchestrator;
using NUnit.Framework;

namespace NexaLoak.Tests.Jepsen;

/// <summary>Clusters of real processes on each network, and what is left of it behind them.</summary>
[NonParallelizable]
internal sealed class RunNetworkTests
{
    /// <summary>A seed whose partitions cut the leader off, whoever leads: between two followers there may be nothing to cut.</summary>
    private const string LeaderIsolatedFirst = "3";

    [TestCase("namespaces", "packets cut")]
    [TestCase("loopback", null)]
    public async Task A_cluster_with_cut_and_bad_links_stays_linearizable(string network, string? counted)
    {
        RequireFor(network);
        string[] before = Interfaces();
        using var run = new JepsenRun("--time", "8s", "--nemesis", "partition,link", "--seed", LeaderIsolatedFirst, "--network", network);
        await run.NodesRunAsync(3);
        string[] namespaces = run.NodeNamespaces();
        Assert.That(namespaces, Has.Length.EqualTo(network == "loopback" ? 1 : 3));
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((0, "valid")), result.ToString());
        Assert.That(result.GetProperty("network").GetProperty("kind").GetString(), Is.EqualTo(network));
        Assert.That(result.GetProperty("network").GetProperty("why").GetString(), Is.EqualTo("asked for"));
        foreach (string fault in (string[])["partition", "link"])
        {
            Assert.That(result.GetProperty("strikes").GetProperty(fault).GetInt32(), Is.Positive);
            Assert.That(Kinds(result).Where(kind => kind.StartsWith(fault, StringComparison.Ordinal)), Is.Not.Empty);
        }

        Assert.That(Kinds(result), Does.Contain("partition leader isolated"));
        if (counted is not null)
        {
            Assert.That(result.GetProperty("network").GetProperty("counts").GetProperty(counted).GetInt64(), Is.Positive);
        }

        Assert.That(Interfaces(), Is.EqualTo(before), "nothing was done to the network of this machine");
        await JepsenRun.NamespacesAreGoneAsync(namespaces);
    }

    [Test]
    public async Task Without_permission_a_run_says_so_and_takes_loopback_unless_it_was_told_not_to()
    {
        using var parent = new Storage.TempDirectory();
        (int code, string output) = await RunUnprivilegedAsync(Path.Combine(parent.Path, "refused"), "--network", "namespaces");
        Assert.That(code, Is.EqualTo(2), output);
        Assert.That(output, Does.Contain("raft-jepsen: --network namespaces is not possible here: no network namespace can be made").And.Contain("root"));
        Assert.That(Directory.Exists(Path.Combine(parent.Path, "refused")), Is.False, "nothing is written");

        string folder = Path.Combine(parent.Path, "allowed");
        (code, output) = await RunUnprivilegedAsync(folder, "--time", "1s");
        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.StartWith("Network: loopback (no network namespaces here: no network namespace can be made"));
        JsonElement network = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "results.json"))).RootElement.GetProperty("network");
        Assert.That(network.GetProperty("kind").GetString(), Is.EqualTo("loopback"));
        Assert.That(network.GetProperty("link_faults").ToString(), Does.Contain("slow").And.Not.Contain("lossy"));
    }

    private static void RequireFor(string network)
    {
        if (network == "namespaces")
        {
            SwitchUnderTest.Require();
        }
    }

    private static IEnumerable<string> Kinds(JsonElement result) => result.GetProperty("done").EnumerateObject().Select(done => done.Name);

    private static string[] Interfaces() => [.. Directory.EnumerateFileSystemEntries("/sys/class/net").Order()];

    /// <summary>Runs without the right to make namespaces, also as root.</summary>
    private static async Task<(int Code, string Output)> RunUnprivilegedAsync(string folder, params string[] arguments)
    {
        string[] program = ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "raft-jepsen.dll"), "run", "--out", folder, .. arguments];
        string[] command = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-sys_admin", .. program] : program;
        using ProgramRun run = ProgramRun.StartCommand(command);
        ProgramResult ended = await run.WaitAsync(JepsenRun.Limit);
        return (ended.ExitCode, string.Join('\n', [.. ended.Output, .. ended.Errors]));
    }
}
