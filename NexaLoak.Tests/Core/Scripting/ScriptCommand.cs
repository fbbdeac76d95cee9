using System.Globalization;
using System.Text.RegularExpressions;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

/// <summary>
/// One command line: a verb, then words (<c>2</c>, <c>check-quorum</c>, <c>"a b"</c>) and settings (<c>term=3</c>, <c>log=(1 1 2)</c>). A method
/// takes what it understands, and what is left over at the end is a mistake in the script.
/// </summary>
internal sealed partial class ScriptCommand
{
    private readonly List<string> _words = [];
    private readonly Dictionary<string, string> _settings = [];

    public ScriptCommand(string text, int line)
    {
        Text = text;
        Line = line;
        foreach (Match token in Tokens().Matches(text))
        {
            string value = token.Groups["value"].Value.Trim('"', '(', ')');
            if (!token.Groups["key"].Success)
            {
                _words.Add(value);
            }
            else if (!_settings.TryAdd(token.Groups["key"].Value, value))
            {
                throw new ScriptException($"line {line}: '{token.Groups["key"].Value}' is set twice");
            }
        }

        IsQuiet = TakeFlag("quietly");
        Verb = TakeWord("command");
    }

    public string Text { get; }

    public int Line { get; }

    public string Verb { get; }

    /// <summary>The command prints nothing.</summary>
    public bool IsQuiet { get; }

    /// <summary>What no method asked for.</summary>
    public IEnumerable<string> LeftOver => _words.Concat(_settings.Keys);

    public string TakeWord(string what)
    {
        if (_words.Count == 0)
        {
            throw new ScriptException($"'{Verb}' needs a {what}");
        }

        string word = _words[0];
        _words.RemoveAt(0);
        return word;
    }

    /// <summary>True when the word stands in the command.</summary>
    public bool TakeFlag(string word) => _words.Remove(word);

    public NodeId TakeId() => new(Number(TakeWord("node")));

    /// <summary>All numbers among the words that come next; maybe none.</summary>
    public IReadOnlyList<NodeId> TakeIds()
    {
        var ids = new List<NodeId>();
        while (_words.Count > 0 && char.IsAsciiDigit(_words[0][0]))
        {
            ids.Add(TakeId());
        }

        return ids;
    }

    /// <summary>All words that are left, with blanks between them.</summary>
    public string TakeRest()
    {
        string rest = string.Join(' ', _words);
        _words.Clear();
        return rest;
    }

    public string? TakeText(string key) => _settings.Remove(key, out string? value) ? value : null;

    public ulong? TakeNumber(string key) => TakeText(key) is { } text ? Number(text) : null;

    public ulong TakeNumber(string key, ulong otherwise) => TakeNumber(key) ?? otherwise;

    public IReadOnlyList<ulong> TakeNumbers(string key)
        => [.. (TakeText(key) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];

    /// <summary>A setting such as <c>last=2/5</c>, term before index.</summary>
    public LogId TakeLogId(string key)
    {
        if (TakeText(key) is not { } text)
        {
            return default;
        }

        string[] parts = text.Split('/');
        return parts.Length == 2
            ? new LogId(Number(parts[0]), Number(parts[1]))
            : throw new ScriptException($"'{text}' is not a term and an index");
    }

    public ulong Number(string text)
        => ulong.TryParse(text, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new ScriptException($"'{text}' is not a number");

    [GeneratedRegex("""(?:(?<key>[a-z][a-z-]*)=)?(?<value>"[^"]*"|\([^)]*\)|[^\s="()]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Tokens();
}
