using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Reports;

/// <summary>One colour for each outcome, the same in all pictures, and told apart by the colour-blind.</summary>
internal static class OutcomeColours
{
    public static IReadOnlyList<(Outcome Outcome, string Name, string Colour)> All { get; } =
        [(Outcome.Ok, "ok", "#2c7fb8"), (Outcome.Fail, "failed", "#fdae61"), (Outcome.Unknown, "unknown", "#d7191c")];

    public static IReadOnlyList<(string Name, string Colour)> Legend { get; } = [.. All.Select(entry => (entry.Name, entry.Colour))];
}
