using System.Globalization;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Reports;

/// <summary>How many operations ended in each second, by outcome. An operation without an end counts where it began.</summary>
internal static class ThroughputPlot
{
    private const int Height = 260;

    public static string Draw(History history)
    {
        long end = history.Events.Count > 0 ? history.Events[^1].TimeNs : 0;
        var frame = new TimeFrame("Operations a second", Height, end, FaultSpans.Of(history));
        int seconds = (int)(end / 1_000_000_000) + 1;
        var counts = OutcomeColours.All.ToDictionary(entry => entry.Outcome, _ => new int[seconds]);
        foreach (HistoryOperation operation in history.Operations)
        {
            counts[operation.Outcome][(operation.Completion ?? operation.Invocation).TimeNs / 1_000_000_000]++;
        }

        double top = Math.Max(1, counts.Values.Max(count => count.Max()) * 1.1);
        double step = TimeFrame.TickStep(top * 2);
        for (double level = 0; level <= top; level += step)
        {
            frame.DrawLevel(Y(level), level.ToString(CultureInfo.InvariantCulture));
        }

        foreach ((Outcome outcome, _, string colour) in OutcomeColours.All)
        {
            frame.Svg.Polyline(counts[outcome].Select((count, second) => (frame.X(Math.Min(end, (second + 0.5) * 1e9)), Y(count))), colour, 1.8);
        }

        frame.DrawLegend(OutcomeColours.Legend);
        return frame.Svg.ToString();

        double Y(double count) => frame.Floor - (count / top * Height);
    }
}
