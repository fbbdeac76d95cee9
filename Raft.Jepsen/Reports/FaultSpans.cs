using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Reports;

/// <summary>Finds in a history how long each fault lasted.</summary>
internal static class FaultSpans
{
    private const string Start = "start-";
    private const string Stop = "stop-";

    /// <summary>
    /// The faults of a history, by their beginnings. The end of a fault is that of the oldest one of its name that is open and hit the same nodes, or, when it
    /// names none that fits, of all of its name. What is not ended lasts to the end of the history.
    /// </summary>
    public static IReadOnlyList<FaultSpan> Of(History history)
    {
        var open = new List<FaultSpan>();
        var ended = new List<FaultSpan>();
        foreach (NemesisEvent nemesis in history.Events.OfType<NemesisEvent>())
        {
            if (nemesis.Fault.StartsWith(Start, StringComparison.Ordinal))
            {
                open.Add(new FaultSpan(nemesis.Fault[Start.Length..], nemesis.Nodes, nemesis.TimeNs, nemesis.TimeNs));
            }
            else if (nemesis.Fault.StartsWith(Stop, StringComparison.Ordinal))
            {
                foreach (FaultSpan span in EndedBy(nemesis, open))
                {
                    open.Remove(span);
                    ended.Add(span with { ToNs = nemesis.TimeNs });
                }
            }
            else
            {
                ended.Add(new FaultSpan(nemesis.Fault, nemesis.Nodes, nemesis.TimeNs, nemesis.TimeNs));
            }
        }

        long end = history.Events.Count > 0 ? history.Events[^1].TimeNs : 0;
        return [.. ended.Concat(open.Select(span => span with { ToNs = end })).OrderBy(span => span.FromNs)];
    }

    private static FaultSpan[] EndedBy(NemesisEvent stop, List<FaultSpan> open)
    {
        FaultSpan[] named = [.. open.Where(span => span.Fault == stop.Fault[Stop.Length..])];
        FaultSpan? same = Array.Find(named, span => span.Nodes.ToHashSet().SetEquals(stop.Nodes));
        return same is null ? named : [same];
    }
}
