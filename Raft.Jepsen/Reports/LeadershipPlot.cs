using System.Globalization;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Reports;

/// <summary>Who led when, and in which term: a row for each node, and a bar from the first to the last moment at which it said that it leads a term.</summary>
internal static class LeadershipPlot
{
    private const int RowHeight = 28;
    private const string Bar = "#2c7fb8";

    public static string Draw(History history, IReadOnlyList<LeaderSighting> sightings, IReadOnlyList<ulong> nodes)
    {
        long end = Math.Max(history.Events.Count > 0 ? history.Events[^1].TimeNs : 0, sightings.Count > 0 ? sightings[^1].TimeNs : 0);
        var frame = new TimeFrame("Leaders and their terms", RowHeight * nodes.Count, end, FaultSpans.Of(history));
        var rows = nodes.Select((node, row) => (node, row)).ToDictionary(pair => pair.node, pair => pair.row);
        foreach ((ulong node, int row) in rows)
        {
            frame.DrawLevel(TimeFrame.Top + ((row + 0.5) * RowHeight), $"node {node}");
        }

        foreach (var reign in sightings.Where(sighting => rows.ContainsKey(sighting.Node)).GroupBy(sighting => (sighting.Node, sighting.Term)))
        {
            double from = frame.X(reign.Min(sighting => sighting.TimeNs));
            double width = Math.Max(3, frame.X(reign.Max(sighting => sighting.TimeNs)) - from);
            double top = TimeFrame.Top + (rows[reign.Key.Node] * RowHeight);
            string term = reign.Key.Term.ToString(CultureInfo.InvariantCulture);
            frame.Svg.Rectangle(from, top + 6, width, RowHeight - 12, Bar, tooltip: $"node {reign.Key.Node} leads term {term}");
            if (width > 10 + (7 * term.Length))
            {
                frame.Svg.Text(from + (width / 2), top + 18, term, "middle", 11, "white");
            }
        }

        return frame.Svg.ToString();
    }
}
