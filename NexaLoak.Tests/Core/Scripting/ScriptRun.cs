namespace NexaLoak.Tests.Core.Scripting;

/// <summary>A script run from beginning to end, and what it printed.</summary>
internal sealed class ScriptRun
{
    private readonly Script _script;
    private readonly List<IReadOnlyList<string>> _outputs = [];

    /// <exception cref="ScriptException">The script can't be run, or the run broke a safety property.</exception>
    public ScriptRun(string text)
    {
        _script = Script.Parse(text);
        var environment = new ScriptEnvironment();
        _outputs.AddRange(_script.Blocks.Select(environment.Run));
    }

    /// <summary>The script, with what it printed for what it expected.</summary>
    public string Rewritten => _script.With(_outputs);

    /// <summary>Where output and expectation differ, with line numbers; empty when they do not.</summary>
    public IEnumerable<string> Differences
        => _script.Blocks.Zip(_outputs, (block, output) => (Block: block, Diff: LineDiff.Between(block.Expected, output)))
            .Where(pair => pair.Diff.Count > 0)
            .SelectMany(pair => pair.Diff.Prepend($"line {pair.Block.ExpectedLine}, after '{pair.Block.Commands[^1].Text}':"));
}
