using System.Globalization;

namespace Raft.Jepsen.Reports;

/// <summary>What all pictures of a run share: the axis of time, the faults as shaded stripes, title and legend.</summary>
internal sealed class TimeFrame
{
    public const int Width = 1_000;
    public const int Left = 70;
    public const int Right = 20;
    public const int Top = 70;
    public const int Bottom = 40;

    private const string Grid = "#e4e4e4";

    private static readonly string[] Shades = ["#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#1b9e77", "#666666"];

    private readonly IReadOnlyList<FaultSpan> _faults;
    private readonly string[] _kinds;
    private readonly double _seconds;

    /// <summary>Makes the frame of one picture.</summary>
    /// <param name="title">Stands above.</param>
    /// <param name="plotHeight">Height of the area between the axes.</param>
    /// <param name="endNs">The last moment that is shown, in nanoseconds.</param>
    /// <param name="faults">What is shaded.</param>
    public TimeFrame(string title, int plotHeight, long endNs, IReadOnlyList<FaultSpan> faults)
    {
        _faults = faults;
        _kinds = [.. faults.Select(fault => fault.Fault).Distinct().Order(StringComparer.Ordinal)];
        _seconds = Math.Max(1, endNs / 1e9);
        PlotHeight = plotHeight;
        Svg = new SvgWriter(Width, Top + plotHeight + Bottom);
        Svg.Text(Left, 24, title, size: 16);
        DrawFaults();
        DrawTimeAxis();
    }

    public SvgWriter Svg { get; }

    public int PlotHeight { get; }

    /// <summary>Where the area ends below.</summary>
    public int Floor => Top + PlotHeight;

    private static int PlotWidth => Width - Left - Right;

    /// <summary>Where a moment stands.</summary>
    public double X(double ns) => Left + (ns / 1e9 / _seconds * PlotWidth);

    /// <summary>Draws a line across at a height, and what it stands for.</summary>
    public void DrawLevel(double y, string label)
    {
        Svg.Line(Left, y, Width - Right, y, Grid);
        Svg.Text(Left - 8, y + 4, label, "end");
    }

    /// <summary>Says at the upper right what colours mean.</summary>
    public void DrawLegend(IReadOnlyList<(string Name, string Colour)> entries)
    {
        double x = Width - Right;
        foreach ((string name, string colour) in entries.Reverse())
        {
            x -= 7 * name.Length;
            Svg.Text(x, 24, name);
            Svg.Rectangle(x - 14, 15, 10, 10, colour);
            x -= 28;
        }
    }

    private void DrawFaults()
    {
        foreach (FaultSpan fault in _faults)
        {
            double width = Math.Max(1.5, X(fault.ToNs) - X(fault.FromNs));
            string nodes = fault.Nodes.Count > 0 ? $" of {string.Join(", ", fault.Nodes)}" : "";
            string when = string.Create(CultureInfo.InvariantCulture, $"{fault.FromNs / 1e9:0.0} s to {fault.ToNs / 1e9:0.0} s");
            Svg.Rectangle(X(fault.FromNs), Top, width, PlotHeight, ShadeOf(fault.Fault), 0.16, $"{fault.Fault}{nodes}, {when}");
        }

        double x = Left;
        foreach (string kind in _kinds)
        {
            Svg.Rectangle(x, 44, 10, 10, ShadeOf(kind), 0.45);
            Svg.Text(x + 15, 53, kind);
            x += 40 + (7 * kind.Length);
        }
    }

    private string ShadeOf(string kind) => Shades[Array.IndexOf(_kinds, kind) % Shades.Length];

    private void DrawTimeAxis()
    {
        double step = TickStep(_seconds);
        for (double second = 0; second <= _seconds; second += step)
        {
            double x = X(second * 1e9);
            Svg.Line(x, Top, x, Floor, Grid);
            Svg.Text(x, Floor + 18, second.ToString(CultureInfo.InvariantCulture), "middle");
        }

        Svg.Text(Width - Right, Floor + 34, "seconds", "end");
        Svg.Line(Left, Floor, Width - Right, Floor, "#888");
    }

    /// <summary>A round number of which about ten fit into a range.</summary>
    public static double TickStep(double range)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / 10)));
        double digit = range / 10 / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }
}
