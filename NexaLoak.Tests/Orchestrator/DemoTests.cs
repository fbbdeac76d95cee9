using System.Net.Http.Json;
using System.Text.Json;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>The whole system, in real processes, as a newcomer starts it.</summary>
[Platform(Include = "Linux", Reason = "The demo needs the whole of 127.0.0.0/8.")]
[NonParallelizable]
public sealed class DemoTests
{
    [Test]
    public async Task All_scenarios_end_well()
    {
        using ProgramRun run = ProgramRun.Start("demo", "--scenario", "all", "--once", "--json");
        ProgramResult result = await run.WaitAsync(TimeSpan.FromMinutes(5));

        List<JsonElement> events = [.. result.Output.Select(line => JsonElement.Parse(line))];
        string story = string.Join('\n', [.. result.Output, .. result.Errors]);
        Assert.That(result.ExitCode, Is.Zero, story);
        Assert.That(Kind(events[0]), Is.EqualTo("ready"), story);
        Assert.That(Kind(events[^1]), Is.EqualTo("result"), story);
        Assert.That(events[^1].GetProperty("ok").GetBoolean(), Is.True, story);
        Assert.That(events[^1].GetProperty("unassign_ms").EnumerateObject().Count(), Is.EqualTo(2), story);
        Assert.That(events.Count(happened => Kind(happened) == "restarted"), Is.EqualTo(7), story);
        Assert.That(events, Has.All.Matches<JsonElement>(happened => happened.TryGetProperty("time", out _)));
    }

    [Test]
    public async Task A_kill_from_outside_is_reported_and_an_interrupt_leaves_nothing_behind()
    {
        using DemoProcess demo = await DemoProcess.StartAsync("--nodes", "3");
        string follower = demo.Nodes.First(node => node != demo.Ready.GetProperty("leader").GetString());

        await ProgramRun.SignalAsync(demo.PidOf(follower), "KILL");
        JsonElement killed = await demo.WaitForAsync("killed", happened => happened.GetProperty("node").GetString() == follower);
        JsonElement unassigned = await demo.WaitForAsync("unassigned", happened => happened.GetProperty("node").GetString() == follower);
        using var http = new HttpClient();
        JsonElement status = await http.GetFromJsonAsync<JsonElement>($"{demo.Ready.GetProperty("api").GetString()}/api/v1/status");
        int exitCode = await demo.Run.TerminateAsync("INT");

        Assert.That(status.GetProperty("role").GetString(), Is.EqualTo("leader"), "the fleet's API is the leader's");
        Assert.That(killed.GetProperty("by").GetString(), Is.EqualTo("outside"));
        Assert.That(killed.GetProperty("pid").GetInt32(), Is.EqualTo(demo.PidOf(follower)));
        Assert.That(unassigned.GetProperty("ip").GetString(), Is.EqualTo(demo.IpOf(follower)));
        Assert.That(unassigned.GetProperty("ms").GetInt64(), Is.Positive);
        Assert.That(exitCode, Is.Zero);
        Assert.That(Kind(demo.Events[^1]), Is.EqualTo("result"));
        Assert.That(demo.IsGone(), Is.True, "nothing is left when the demo has ended");
    }

    [Test]
    public async Task A_demo_that_is_killed_leaves_nothing_behind()
    {
        using DemoProcess demo = await DemoProcess.StartAsync("--nodes", "3");
        await ProgramRun.SignalAsync(demo.PidOf("n2"), "STOP");

        await ProgramRun.SignalAsync(demo.Run.Pid, "KILL");

        await Eventually.Holds(demo.IsGone, "the killed demo's processes and files are gone");
    }

    [Test]
    public async Task A_leader_that_is_suspended_in_the_middle_of_a_write_does_no_harm()
    {
        using DemoProcess demo = await DemoProcess.StartAsync("--nodes", "5");
        string oldLeader = demo.Ready.GetProperty("leader").GetString()!;
        string victim = demo.Nodes.First(node => node != oldLeader);

        // The leader's deletion of the victim's record arrives, and is carried out only when the fault is removed.
        Uri fault = await demo.SetFaultAsync(new { kind = "hang-before", method = "DELETE", count = 1 });
        await ProgramRun.SignalAsync(demo.PidOf(victim), "KILL");
        await Eventually.HoldsAsync(async () => (await WritesAsync(demo)).Any(IsDeletion), "the leader's deletion is on its way");
        ulong oldTerm = Term((await WritesAsync(demo)).First(IsDeletion));
        await ProgramRun.SignalAsync(demo.PidOf(oldLeader), "STOP");

        // Another one leads, finds the record still there, and deletes it.
        await demo.WaitForAsync("leader", happened => happened.GetProperty("term").GetUInt64() > oldTerm);
        await Eventually.HoldsAsync(
            async () => (await WritesAsync(demo)).Any(write => Term(write) > oldTerm && IsDeletion(write)),
            "the new leader deletes the record too");

        // The old leader goes on where it was, and so does its write.
        await ProgramRun.SignalAsync(demo.PidOf(oldLeader), "CONT");
        await demo.RemoveFaultAsync(fault);

        string[] expected = [.. demo.Nodes.Where(node => node != victim).Select(demo.IpOf).Order(StringComparer.Ordinal)];
        await Eventually.HoldsAsync(
            async () => await AgreeAsync(demo, victim, expected), "all living nodes agree with DNS and with each other");
        IReadOnlyList<JsonElement> writes = await WritesAsync(demo);
        int firstNew = writes.ToList().FindIndex(write => Term(write) > oldTerm);
        Assert.That(
            writes.Skip(firstNew).Where(write => Term(write) <= oldTerm),
            Is.Empty,
            "no write of the old term arrives after the new term's first");
        Assert.That(Deletions(writes, demo.IpOf(victim)), Is.EqualTo(1), "the record was deleted once");
        Assert.That(Deletions(writes, demo.IpOf(oldLeader)), Is.Zero, "a suspended node still serves its users and keeps its record");
        Assert.That(await demo.Run.TerminateAsync("INT"), Is.Zero);
    }

    private static async Task<IReadOnlyList<JsonElement>> WritesAsync(DemoProcess demo)
        => [.. (await demo.JournalAsync()).Where(entry => entry.GetProperty("is_write").GetBoolean())];

    private static async Task<bool> AgreeAsync(DemoProcess demo, string victim, string[] addresses)
    {
        using var http = new HttpClient();
        var states = new HashSet<string>();
        foreach (string node in demo.Nodes.Where(node => node != victim))
        {
            JsonElement status = await http.GetFromJsonAsync<JsonElement>(new Uri(demo.ApiOf(node), "api/v1/status"));
            states.Add(status.GetProperty("state").GetRawText());
            if (!Texts(status.GetProperty("domain").GetProperty("addresses")).SequenceEqual(addresses))
            {
                return false;
            }
        }

        // The demo may not have seen a change of the domain yet.
        return states.Count == 1
            && demo.Of("dns").LastOrDefault() is { ValueKind: JsonValueKind.Object } seen
            && Texts(seen.GetProperty("addresses")).SequenceEqual(addresses);
    }

    private static int Deletions(IEnumerable<JsonElement> writes, string address) => writes
        .SelectMany(write => write.GetProperty("changes").EnumerateArray())
        .Count(change => change.GetProperty("action").GetString() == "delete"
            && change.GetProperty("record").GetProperty("content").GetString() == address);

    private static IEnumerable<string> Texts(JsonElement array)
        => array.EnumerateArray().Select(item => item.GetString()!).Order(StringComparer.Ordinal);

    private static bool IsDeletion(JsonElement write) => write.GetProperty("method").GetString() == "DELETE";

    private static ulong Term(JsonElement write) => write.GetProperty("term").GetUInt64();

    private static string Kind(JsonElement happened) => happened.GetProperty("event").GetString()!;
}
