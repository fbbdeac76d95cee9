namespace Raft.Jepsen.Checking;

/// <summary>Collects broken promises, of each anomaly and key the first one: one wrong step is often seen by hundreds of reads.</summary>
internal sealed class FindingSet
{
    private readonly Dictionary<(string Anomaly, string Key), (Finding First, int Count)> _findings = [];

    public void Add(Finding finding)
    {
        (string, string) name = (finding.Anomaly, finding.Key);
        _findings[name] = _findings.TryGetValue(name, out var known) ? (known.First, known.Count + 1) : (finding, 1);
    }

    /// <summary>The findings, in the order in which they came; the message says how many more of the kind there are.</summary>
    public IReadOnlyList<Finding> ToList() =>
    [
        .. _findings.Values.Select(found => found.Count == 1
            ? found.First
            : found.First with { Message = $"{found.First.Message} (and {found.Count - 1} more like it)" }),
    ];
}
