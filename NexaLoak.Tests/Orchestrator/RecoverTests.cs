using NexaLoak.Orchestrator.Api;
using NexaLoak.Orchestrator.Emulator;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>A node that goes on alone after its cluster lost the quorum.</summary>
public sealed class RecoverTests
{
    private const string Consent = "--yes-i-lost-the-quorum";

    [Test]
    public async Task A_survivor_of_three_is_recovered_only_when_asked_for_loudly_and_then_leads_alone()
    {
        await using CloudflareEmulator cloud = await CloudflareEmulator.StartAsync(new() { ZoneName = "example.com" }, CancellationToken.None);
        using var files = new FleetFiles(plan => Alone.Reaching(cloud, plan) with { Nodes = plan.Nodes });
        using (ProgramRun stranded = ProgramRun.Start("serve", "--config", files.Config))
        {
            await Eventually.HoldsAsync(() => AnswersAsync(files.Api), "the node runs, without a majority");
            ProgramResult early = await ProgramRun.RunAsync("recover", "--config", files.Config, Consent);
            Assert.That((early.ExitCode, early.Errors.Count), Is.EqualTo((1, 1)), "a running node is left alone");
            Assert.That(await stranded.TerminateAsync(), Is.Zero);
        }

        ProgramResult plan = await ProgramRun.RunAsync("recover", "--config", files.Config);
        ProgramResult samePlan = await ProgramRun.RunAsync("recover", "--config", files.Config);
        ProgramResult recovery = await ProgramRun.RunAsync("recover", "--config", files.Config, Consent);

        string text = string.Join('\n', plan.Output);
        Assert.That(plan.ExitCode, Is.EqualTo(2));
        Assert.That(text, Does.Contain("(1 2 3)").And.Contain("WHAT MAY BE LOST").And.Contain("THE OTHER NODES").And.Contain("Nothing was changed."));
        Assert.That(samePlan.Output, Is.EqualTo(plan.Output));
        Assert.That(recovery.ExitCode, Is.Zero, string.Join('\n', recovery.Errors));
        Assert.That(string.Join('\n', recovery.Output), Does.Contain("WHAT MAY BE LOST").And.Contain("Done: n1 is the cluster."));
        using ProgramRun alone = ProgramRun.Start("serve", "--config", files.Config);
        await Eventually.HoldsAsync(() => Alone.IsServingAsync(files.Api), "the node leads alone");
        Assert.That(await alone.TerminateAsync(), Is.Zero);
    }

    [Test]
    public async Task A_node_that_never_ran_has_nothing_to_recover()
    {
        using var files = new FleetFiles();

        ProgramResult result = await ProgramRun.RunAsync("recover", "--config", files.Config, Consent);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Errors.Single(), Does.Contain("no log to go on from"));
        Assert.That(Directory.Exists(files.Data), Is.False);
    }

    private static async Task<bool> AnswersAsync(Uri api)
    {
        using var client = new StatusClient(TimeSpan.FromSeconds(5));
        try
        {
            return (await client.GetAsync(api, CancellationToken.None)).LastIndex > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
