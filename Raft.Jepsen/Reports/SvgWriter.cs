using System.Globalization;
using System.Security;
using System.Text;

namespace Raft.Jepsen.Reports;

/// <summary>Writes a picture as SVG. Lengths are in pixels, and rounded to tenths.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _body = new();
    private readonly int _width;
    private readonly int _height;

    public SvgWriter(int width, int height) => (_width, _height) = (width, height);

    public void Rectangle(double x, double y, double width, double height, string fill, double opacity = 1, string? tooltip = null)
        => Element(
            $"<rect x=\"{Of(x)}\" y=\"{Of(y)}\" width=\"{Of(width)}\" height=\"{Of(height)}\" fill=\"{fill}\" fill-opacity=\"{Of(opacity)}\"", "rect", tooltip);

    public void Circle(double x, double y, double radius, string fill, double opacity = 1)
        => Element($"<circle cx=\"{Of(x)}\" cy=\"{Of(y)}\" r=\"{Of(radius)}\" fill=\"{fill}\" fill-opacity=\"{Of(opacity)}\"", "circle", null);

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1)
        => Element($"<line x1=\"{Of(x1)}\" y1=\"{Of(y1)}\" x2=\"{Of(x2)}\" y2=\"{Of(y2)}\" stroke=\"{stroke}\" stroke-width=\"{Of(width)}\"", "line", null);

    public void Polyline(IEnumerable<(double X, double Y)> points, string stroke, double width)
    {
        string path = string.Join(' ', points.Select(point => $"{Of(point.X)},{Of(point.Y)}"));
        Element($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{Of(width)}\" stroke-linejoin=\"round\"", "polyline", null);
    }

    /// <summary>Writes text with its baseline at <paramref name="y"/>.</summary>
    /// <param name="x">Where the anchor is.</param>
    /// <param name="y">Where the baseline is.</param>
    /// <param name="text">What it says.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="size">Height of the letters.</param>
    /// <param name="fill">Colour.</param>
    public void Text(double x, double y, string text, string anchor = "start", int size = 12, string fill = "#333")
        => _body.Append(CultureInfo.InvariantCulture, $"<text x=\"{Of(x)}\" y=\"{Of(y)}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{fill}\">")
            .Append(SecurityElement.Escape(text)).Append("</text>\n");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {_width} {_height}\" width=\"{_width}\" height=\"{_height}\" font-family=\"sans-serif\">\n"
        + $"<rect width=\"{_width}\" height=\"{_height}\" fill=\"white\"/>\n{_body}</svg>\n");

    private void Element(string start, string name, string? tooltip)
    {
        _body.Append(start);
        if (tooltip is null)
        {
            _body.Append("/>\n");
            return;
        }

        _body.Append("><title>").Append(SecurityElement.Escape(tooltip)).Append("</title></").Append(name).Append(">\n");
    }

    private static string Of(double length) => Math.Round(length, 1).ToString(CultureInfo.InvariantCulture);
}
