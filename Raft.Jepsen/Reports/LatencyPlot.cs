using System.Globalization;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Reports;

/// <summary>How long each operation took, by the moment of its end and by outcome; logarithmic, from 0.1 ms to 100 s. What has no end is not shown.</summary>
internal static class LatencyPlot
{
    private const int Height = 320;
    private const double LowestMs = 0.1;
    private const int Decades = 6;

    public static string Draw(History history)
    {
        long end = history.Events.Count > 0 ? history.Events[^1].TimeNs : 0;
        var frame = new TimeFrame("Latency of each operation", Height, end, FaultSpans.Of(history));
        for (int decade = 0; decade <= Decades; decade++)
        {
            double ms = LowestMs * Math.Pow(10, decade);
            frame.DrawLevel(Y(ms), ms < 1_000 ? $"{ms.ToString(CultureInfo.InvariantCulture)} ms" : $"{(ms / 1_000).ToString(CultureInfo.InvariantCulture)} s");
        }

        // One dot for all operations of a place: a long run would not fit into a picture otherwise.
        var drawn = new HashSet<(int X, int Y, Outcome Outcome)>();
        foreach (HistoryOperation operation in history.Operations)
        {
            if (operation.Completion is { } completion)
            {
                double ms = (completion.TimeNs - operation.Invocation.TimeNs) / 1e6;
                (double x, double y) = (frame.X(completion.TimeNs), Y(ms));
                if (drawn.Add(((int)x, (int)y, operation.Outcome)))
                {
                    frame.Svg.Circle(x, y, 1.6, ColourOf(operation.Outcome), 0.6);
                }
            }
        }

        frame.DrawLegend(OutcomeColours.Legend);
        return frame.Svg.ToString();

        double Y(double ms) => frame.Floor - (Math.Clamp(Math.Log10(ms / LowestMs), 0, Decades) / Decades * Height);
    }

    private static string ColourOf(Outcome outcome) => OutcomeColours.All.First(entry => entry.Outcome == outcome).Colour;
}
