using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Running;

/// <summary>Counts what was done to a cluster.</summary>
internal static class FaultTally
{
    private const string Start = "start-";

    /// <summary>How often each fault began, by its name and the kind that stands at the beginning of what the history says of it.</summary>
    public static IReadOnlyDictionary<string, int> Of(History history)
        => history.Events.OfType<NemesisEvent>()
            .Where(done => done.Fault.StartsWith(Start, StringComparison.Ordinal))
            .CountBy(done => string.Join(' ', (string[])[done.Fault[Start.Length..], .. done.Detail is { } detail ? [detail.Split(':')[0]] : (string[])[]]))
            .OrderBy(done => done.Key, StringComparer.Ordinal)
            .ToDictionary();
}
