using System.Text.Json;
using NexaLoak.Tests.Orchestrator;
using NUnit.Framework;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Jepsen;

/// <summary>Clusters of real processes. They are short: longer runs are made by hand and at night.</summary>
[NonParallelizable]
internal sealed class RunTests
{
    [Test]
    public async Task A_cluster_that_is_killed_cut_and_suspended_stays_linearizable()
    {
        using var run = new JepsenRun("--time", "20s", "--nemesis", "kill,partition,pause", "--seed", "1");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((0, "valid")), result.ToString());
        Assert.That(run.NodePids(), Is.Empty);

        History history = Read(run);
        Assert.That(result.GetProperty("acknowledged_writes").GetInt64(), Is.GreaterThanOrEqualTo(20), "it works again when the faults are over");
        foreach (string fault in (string[])["kill", "partition", "pause"])
        {
            int strikes = result.GetProperty("strikes").GetProperty(fault).GetInt32();
            Assert.That(strikes, Is.Positive, fault);
            Assert.That(Faults(history, $"start-{fault}"), Is.GreaterThanOrEqualTo(strikes));
            Assert.That(Faults(history, $"stop-{fault}"), Is.EqualTo(Faults(history, $"start-{fault}")));
        }

        Assert.That(history.FinalReadsFrom, Is.Not.Null);
        Assert.That(Directory.EnumerateFiles(run.Folder).Select(Path.GetFileName), Is.SupersetOf(
            (string[])["history.jsonl", "history-list.edn", "node-1.log", "node-2.log", "node-3.log", "results.json"]));
        Assert.That(Directory.Exists(Path.Combine(run.Folder, "nodes")), Is.False, "the data of a run that was right is removed");
    }

    [Test]
    public async Task No_acknowledged_change_is_lost_when_processes_are_killed_again_and_again()
    {
        using var run = new JepsenRun("--rounds", "3", "--workload", "append", "--seed", "5");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((0, "valid")), result.ToString());
        JsonElement rounds = result.GetProperty("rounds");
        Assert.That(rounds.GetProperty("completed").GetInt32(), Is.EqualTo(3));
        Assert.That(rounds.GetProperty("processes").GetInt32(), Is.GreaterThanOrEqualTo(3));
        JsonElement appends = result.GetProperty("appends");
        Assert.That(appends.GetProperty("acknowledged").GetInt64(), Is.GreaterThanOrEqualTo(4 * 20));
        Assert.That(appends.GetProperty("found").GetInt64(), Is.EqualTo(appends.GetProperty("acknowledged").GetInt64()));
    }

    /// <summary>With this seed each of the faults begins within the time.</summary>
    [Test]
    public async Task A_cluster_whose_disks_and_clocks_go_wrong_stays_linearizable()
    {
        Shims.Require();
        string[] faults = ["fsync", "slowdisk", "diskfull", "clock", "corrupt"];
        using var run = new JepsenRun("--time", "15s", "--nemesis", string.Join(',', faults), "--seed", "1");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((0, "valid")), result.ToString());
        Assert.That(run.NodePids(), Is.Empty);
        Assert.That(result.GetProperty("tools").GetProperty("cc").GetString(), Is.Not.Empty);

        History history = Read(run);
        foreach (string fault in faults)
        {
            Assert.That(Faults(history, $"start-{fault}"), Is.Positive, fault);
            Assert.That(Faults(history, $"stop-{fault}"), Is.EqualTo(Faults(history, $"start-{fault}")), fault);
        }
    }

    /// <summary>With this seed the power fails once for all nodes and once for one.</summary>
    [Test]
    public async Task A_cluster_whose_power_fails_stays_linearizable_and_leaves_no_disk()
    {
        PowerCuttableDisks.Require();
        using var run = new JepsenRun("--time", "12s", "--nemesis", "powercut", "--workload", "append", "--seed", "7", "--keep-data");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((0, "valid")), result.ToString());
        Assert.That(result.GetProperty("tools").GetProperty("disks").GetString(), Does.Contain("ext4"));
        History history = Read(run);
        Assert.That(Faults(history, "start-powercut"), Is.Positive);
        Assert.That(Faults(history, "stop-powercut"), Is.EqualTo(Faults(history, "start-powercut")));
        Assert.That(PowerCuttableDisks.In(run.Folder), Is.Empty);
        Assert.That(Directory.EnumerateFiles(Path.Combine(run.Folder, "nodes", "1", "data")), Is.Not.Empty, "what was on the disk is kept");
    }

    /// <summary>What a process wrote survives it, synced or not. Only a cut of the power tells the difference.</summary>
    [Test]
    public async Task A_storage_that_does_not_sync_is_found_by_cuts_of_the_power()
    {
        PowerCuttableDisks.Require();
        using var run = new JepsenRun("--rounds", "1", "--target", "all", "--cut-power", "--workload", "append", "--seed", "7", "--plant", "no-sync");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((1, "invalid")), result.ToString());
    }

    [Test]
    public async Task Disks_go_with_a_harness_that_is_killed()
    {
        PowerCuttableDisks.Require();
        using var run = new JepsenRun("--time", "10m", "--nemesis", "powercut");
        await run.NodesRunAsync(3);
        Assert.That(PowerCuttableDisks.In(run.Folder), Has.Count.EqualTo(3));
        await ProgramRun.SignalAsync(run.Process.Pid, "KILL");
        await run.NodesAreGoneAsync();
        await Eventually.Holds(() => PowerCuttableDisks.In(run.Folder).Count == 0, "all disks are gone");
    }

    /// <summary>A storage that forgets must be found, or the harness proves nothing.</summary>
    [Test]
    public async Task A_storage_that_says_durable_and_forgets_is_found()
    {
        using var run = new JepsenRun("--rounds", "1", "--target", "all", "--workload", "append", "--seed", "2", "--plant", "amnesia");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((1, "invalid")), result.ToString());
        string[] problems = [.. result.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!)];
        Assert.That(problems, Has.Some.StartsWith("lost-append on list-").And.Contain("-> ok"), "an append that was acknowledged is missing in the end");
        Assert.That(Directory.Exists(Path.Combine(run.Folder, "nodes")), Is.True, "the data of a run that was wrong is kept");
    }

    /// <summary>Nobody asks for leaders as often as every microsecond.</summary>
    [TestCase("0.001ms", 1, "invalid")]
    [TestCase("5m", 0, "valid")]
    public async Task The_time_until_a_leader_is_there_is_judged_on_request(string limit, int code, string verdict)
    {
        using var run = new JepsenRun("--time", "1s", "--leader-within", limit, "--seed", "6");
        (int ended, JsonElement result) = await run.EndAsync();
        Assert.That((ended, result.GetProperty("verdict").GetString()), Is.EqualTo((code, verdict)), result.ToString());
        Assert.That(result.GetProperty("problems").ToString(), code == 0 ? Is.EqualTo("[]") : Does.Contain("No node said within 0.000001 s"));
        Assert.That(result.GetProperty("command").GetString(), Does.Contain("--leader-within "));
    }

    [Test]
    public async Task Nodes_die_with_a_harness_that_is_killed_also_when_they_are_suspended()
    {
        using var run = new JepsenRun("--time", "10m");
        await run.NodesRunAsync(3);
        string[] namespaces = run.NodeNamespaces();
        await ProgramRun.SignalAsync(run.NodePids()[0], "STOP");
        await ProgramRun.SignalAsync(run.Process.Pid, "KILL");
        await run.NodesAreGoneAsync();
        await JepsenRun.NamespacesAreGoneAsync(namespaces);
    }

    [Test]
    public async Task A_run_that_is_told_to_stop_ends_without_a_verdict_and_leaves_no_process()
    {
        using var run = new JepsenRun("--time", "10m");
        await run.NodesRunAsync(3);
        string[] namespaces = run.NodeNamespaces();
        await ProgramRun.SignalAsync(run.Process.Pid, "INT");
        (int code, JsonElement result) = await run.EndAsync();
        Assert.That((code, result.GetProperty("verdict").GetString()), Is.EqualTo((2, "could_not_tell")));
        Assert.That(result.GetProperty("problems").ToString(), Does.Contain("told to stop"));
        Assert.That(run.NodePids(), Is.Empty);
        await JepsenRun.NamespacesAreGoneAsync(namespaces);
    }

    private static History Read(JepsenRun run)
    {
        using TextReader file = File.OpenText(Path.Combine(run.Folder, "history.jsonl"));
        return HistoryReader.Read(file);
    }

    private static int Faults(History history, string fault) => history.Events.OfType<NemesisEvent>().Count(done => done.Fault == fault);
}
