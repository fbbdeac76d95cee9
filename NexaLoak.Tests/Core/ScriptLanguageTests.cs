using NexaLoak.Tests.Core.Scripting;
using NUnit.Framework;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class ScriptLanguageTests
{
    private const string Begin = "# One node.\nadd-nodes 1\n----\nok\n\n# It campaigns.\ncampaign 1\n----\n";
    private const string Campaign = Begin + "WRONG\n  1 is Candidate, term 1\n\nstatus\n----\n";

    [Test]
    public void A_difference_names_the_line_and_the_command()
    {
        Assert.That(new ScriptRun(Campaign).Differences.Take(4), Is.EqualTo(new[]
        {
            "line 9, after 'campaign 1':", "- WRONG", "    1 is Candidate, term 1", "line 14, after 'status':",
        }));
    }

    [Test]
    public void A_rewritten_script_keeps_its_comments_and_holds()
    {
        string rewritten = new ScriptRun(Campaign).Rewritten;
        Assert.That(rewritten, Does.StartWith(Begin + "  1 is Candidate, term 1\n\nstatus\n----\n1 Candidate"));
        Assert.That(new ScriptRun(rewritten).Differences, Is.Empty);
        Assert.That(new ScriptRun(rewritten).Rewritten, Is.EqualTo(rewritten));
    }

    [TestCase("add-nodes 1 pre-vot\n----\n", "line 1: add-nodes 1 pre-vot: nobody understands 'pre-vot'")]
    [TestCase("dance\n----\n", "line 1: dance: there is no such command")]
    [TestCase("add-nodes 1\ncampaign 2\n----\n", "line 2: campaign 2: there is no node 2")]
    [TestCase("add-nodes 1\n", "commands without '----'")]
    [TestCase("# nothing\n----\n", "line 2: an expectation without a command")]
    [TestCase("add-nodes 1\ncrash 1\npropose 1 a\n----\n", "line 3: propose 1 a: 1 is down")]
    [TestCase("add-nodes x=1 x=2\n----\n", "line 1: 'x' is set twice")]
    public void A_mistake_is_explained(string script, string explanation)
        => Assert.That(() => new ScriptRun(script), Throws.TypeOf<ScriptException>().With.Message.Contains(explanation));

    /// <summary>Forged votes elect two leaders of one term: rewriting must not be able to make that the expectation.</summary>
    [Test]
    public void A_broken_safety_property_fails_whatever_the_script_expects()
    {
        const string TwoLeaders = "add-nodes 3\ncampaign 1 2\nprocess-ready\npersist\n"
            + "inject VoteResponse from=3 to=1 term=1\ninject VoteResponse from=3 to=2 term=1\n----\n";
        Assert.That(() => new ScriptRun(TwoLeaders), Throws.TypeOf<ScriptException>().With.Message.Contains("Election Safety"));
    }

    [Test]
    public void Every_command_is_described()
    {
        string description = File.ReadAllText(Path.Combine(ScriptFiles.Folder, "README.md"));
        Assert.That(ScriptEnvironment.Commands.Where(verb => !description.Contains($"`{verb}", StringComparison.Ordinal)), Is.Empty);
    }
}
