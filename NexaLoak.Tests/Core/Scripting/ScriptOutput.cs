namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Gathers what a block prints.</summary>
internal sealed class ScriptOutput
{
    private readonly List<string> _lines = [];

    public bool IsMuted { get; set; }

    public void Add(string line)
    {
        if (!IsMuted)
        {
            _lines.Add(line);
        }
    }

    /// <summary>The lines so far, or "ok" when there are none.</summary>
    public IReadOnlyList<string> Take()
    {
        string[] lines = _lines.Count > 0 ? [.. _lines] : ["ok"];
        _lines.Clear();
        return lines;
    }
}
