namespace NexaLoak.Tests.Core.Scripting;

/// <summary>
/// A golden file: commands, a line <c>----</c>, the lines they print, an empty line, and so on. Lines that start with # are comments, wherever no output
/// is expected.
/// </summary>
internal sealed class Script
{
    private const string Separator = "----";

    private readonly string[] _lines;

    private Script(string[] lines) => _lines = lines;

    public List<ScriptBlock> Blocks { get; } = [];

    /// <summary>Reads a script.</summary>
    /// <exception cref="ScriptException">A command has no expectation, or an expectation no command.</exception>
    public static Script Parse(string text)
    {
        var script = new Script(text.TrimEnd('\n').Split('\n'));
        var commands = new List<ScriptCommand>();
        for (int i = 0; i < script._lines.Length; i++)
        {
            string line = script._lines[i].Trim();
            if (line == Separator)
            {
                string[] expected = [.. script._lines.Skip(i + 1).TakeWhile(next => next.Trim().Length > 0)];
                Require(commands.Count > 0, i, "an expectation without a command");
                script.Blocks.Add(new ScriptBlock([.. commands], i + 2, expected));
                commands.Clear();
                i += expected.Length;
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                commands.Add(new ScriptCommand(line, i + 1));
            }
        }

        Require(commands.Count == 0, script._lines.Length - 1, $"commands without '{Separator}'");
        return script;
    }

    /// <summary>The file with other expectations, one for each of <see cref="Blocks"/>.</summary>
    public string With(IReadOnlyList<IReadOnlyList<string>> outputs)
    {
        var lines = new List<string>();
        int next = 0;
        foreach ((ScriptBlock block, IReadOnlyList<string> output) in Blocks.Zip(outputs))
        {
            int first = block.ExpectedLine - 1;
            lines.AddRange(_lines[next..first]);
            lines.AddRange(output);
            next = first + block.Expected.Count;
        }

        lines.AddRange(_lines[next..]);
        return string.Join('\n', lines) + "\n";
    }

    private static void Require(bool holds, int line, string message)
    {
        if (!holds)
        {
            throw new ScriptException($"line {line + 1}: {message}");
        }
    }
}
