using System.Globalization;
using System.Xml.Linq;
using NUnit.Framework;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Reports;

namespace NexaLoak.Tests.Jepsen.Reports;

/// <summary>What a run's pictures show.</summary>
[TestFixture]
public sealed class PictureTests
{
    private const long Second = 1_000_000_000;

    private static readonly History Run = new(
    [
        Client(0, 0.1, 1, EventType.Invoke),
        Client(1, 0.2, 1, EventType.Ok),
        new NemesisEvent(2, Second, "start-kill", [1, 2], null),
        Client(3, 1.1, 1, EventType.Invoke),
        Client(4, 2.1, 1, EventType.Info),
        new NemesisEvent(5, 3 * Second, "stop-kill", [1, 2], null),
        Client(6, 3.1, 2, EventType.Invoke),
        Client(7, 3.2, 2, EventType.Fail),
        new NemesisEvent(8, 4 * Second, "transfer", [3], null),
        new FinalReadsEvent(9, 10 * Second),
    ]);

    [Test]
    public void Faults_are_shaded_for_as_long_as_they_lasted()
    {
        XElement[] shades = [.. Elements(ThroughputPlot.Draw(Run), "rect").Where(shape => shape.Elements().Any())];
        Assert.That(shades.Select(Tooltip), Is.EqualTo(new[] { "kill of 1, 2, 1.0 s to 3.0 s", "transfer of 3, 4.0 s to 4.0 s" }));
        double tenth = (TimeFrame.Width - TimeFrame.Left - TimeFrame.Right) / 10.0;
        Assert.That(Number(shades[0], "x"), Is.EqualTo(TimeFrame.Left + tenth).Within(0.1));
        Assert.That(Number(shades[0], "width"), Is.EqualTo(2 * tenth).Within(0.1));
        Assert.That(Number(shades[1], "width"), Is.GreaterThan(1), "what does not last can be seen as well");
    }

    [Test]
    public void Each_outcome_has_a_line_that_counts_the_operations_of_each_second()
    {
        XElement[] lines = [.. Elements(ThroughputPlot.Draw(Run), "polyline")];
        double[][] heights = [.. lines.Select(line => line.Attribute("points")!.Value.Split(' ').Select(point => Parse(point.Split(',')[1])).ToArray())];
        Assert.That(heights, Has.Length.EqualTo(3).And.All.Length.EqualTo(11));

        // The lower the number, the higher the point.
        Assert.That(heights.Select(line => Array.FindIndex(line, y => y < line.Max())), Is.EqualTo(new[] { 0, 3, 2 }), "ok, failed, unknown");
    }

    [Test]
    public void Each_operation_is_a_dot_at_the_height_of_its_latency()
    {
        XElement[] dots = [.. Elements(LatencyPlot.Draw(Run), "circle")];
        Assert.That(dots, Has.Length.EqualTo(3));
        Assert.That(Number(dots[0], "cy"), Is.EqualTo(Number(dots[2], "cy")).Within(0.2), "0.1 s each");
        Assert.That(Number(dots[1], "cy"), Is.LessThan(Number(dots[0], "cy")), "1 s is above 0.1 s");
    }

    [Test]
    public void Each_reign_is_a_bar_in_the_row_of_its_node()
    {
        LeaderSighting[] sightings = [new(0, 1, 1), new(Second, 1, 1), new(4 * Second, 3, 2), new(9 * Second, 3, 2), new(9 * Second, 7, 3)];
        XElement[] bars = [.. Elements(LeadershipPlot.Draw(Run, sightings, [1, 2, 3]), "rect").Where(shape => Tooltip(shape).Contains("leads", StringComparison.Ordinal))];
        Assert.That(bars.Select(Tooltip), Is.EqualTo(new[] { "node 1 leads term 1", "node 3 leads term 2" }));
        Assert.That(Number(bars[1], "width"), Is.EqualTo(5 * Number(bars[0], "width")).Within(1));
        Assert.That(Number(bars[1], "y"), Is.GreaterThan(Number(bars[0], "y")));
    }

    [Test]
    public void A_history_of_nothing_can_be_drawn()
    {
        var nothing = new History([]);
        Assert.DoesNotThrow(() => XDocument.Parse(ThroughputPlot.Draw(nothing)));
        Assert.DoesNotThrow(() => XDocument.Parse(LatencyPlot.Draw(nothing)));
        Assert.DoesNotThrow(() => XDocument.Parse(LeadershipPlot.Draw(nothing, [], [1])));
    }

    [TestCase(10, 1)]
    [TestCase(20, 2)]
    [TestCase(35, 5)]
    [TestCase(60, 10)]
    [TestCase(7200, 1000)]
    [TestCase(1, 0.1)]
    public void Ticks_are_round_and_about_ten(double range, double step) => Assert.That(TimeFrame.TickStep(range), Is.EqualTo(step).Within(1e-9));

    private static ClientEvent Client(long index, double second, long process, EventType type) =>
        new(index, (long)(second * Second), process, type, ClientRequest.Write("x", process));

    private static IEnumerable<XElement> Elements(string svg, string name) => XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == name);

    private static string Tooltip(XElement shape) => shape.Elements().FirstOrDefault()?.Value ?? "";

    private static double Number(XElement shape, string attribute) => Parse(shape.Attribute(attribute)!.Value);

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
