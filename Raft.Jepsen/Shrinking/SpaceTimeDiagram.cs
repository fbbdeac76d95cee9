using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Shrinking;

/// <summary>Events as a picture in text: a column for each node, a line for each event, an arrow for each message that arrives.</summary>
internal static class SpaceTimeDiagram
{
    private const int Width = 4;
    private const int TimeWidth = 12;

    public static IEnumerable<string> Lines(int nodes, IReadOnlyList<TracedEvent> events)
    {
        yield return "seconds".PadLeft(TimeWidth) + "  " + string.Concat(Enumerable.Range(1, nodes).Select(id => $"{id}".PadRight(Width)));
        foreach (TracedEvent what in events)
        {
            yield return EventTrace.Seconds(what.At).PadLeft(TimeWidth) + "  " + Columns(nodes, what) + what.What;
        }
    }

    private static string Columns(int nodes, TracedEvent what)
    {
        char[] row = [.. string.Concat(Enumerable.Repeat("|".PadRight(Width), nodes))];
        int to = (what.Node - 1) * Width;
        if (what.From > 0)
        {
            int from = (what.From - 1) * Width;
            Array.Fill(row, '-', Math.Min(from, to), Math.Abs(to - from));
            row[from] = 'o';
            row[to + Math.Sign(from - to)] = from < to ? '>' : '<';
        }

        row[to] = '*';
        return new string(row);
    }
}
