using NexaLoak.Tests.Core.Scripting;
using NUnit.Framework;

namespace NexaLoak.Tests.Core;

/// <summary>
/// Scenarios as golden files, in <c>Core/Scripts</c>. <c>RAFT_REWRITE_SCRIPTS=1</c> in the environment of the test run writes what they print into
/// them, to be reviewed as a diff.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ScriptTests
{
    private static bool Rewrites => Environment.GetEnvironmentVariable("RAFT_REWRITE_SCRIPTS") == "1";

    [TestCaseSource(typeof(ScriptFiles), nameof(ScriptFiles.Names))]
    public void A_script_prints_what_it_expects(string name)
    {
        string path = ScriptFiles.PathOf(name);
        var run = new ScriptRun(File.ReadAllText(path));
        if (Rewrites)
        {
            File.WriteAllText(path, run.Rewritten);
            return;
        }

        Assert.That(string.Join('\n', run.Differences), Is.Empty, path);
    }

    [TestCaseSource(typeof(ScriptFiles), nameof(ScriptFiles.Names))]
    public void A_script_says_first_what_it_shows(string name)
        => Assert.That(File.ReadLines(ScriptFiles.PathOf(name)).Take(2), Has.All.StartsWith("# "));
}
