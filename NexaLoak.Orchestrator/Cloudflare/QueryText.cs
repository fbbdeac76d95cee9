using System.Globalization;
using System.Text;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The query part of a URL under construction.</summary>
internal sealed class QueryText
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a parameter, unless it has no value.</summary>
    public QueryText Add(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    /// <summary>The query of one page of a list.</summary>
    public string ForPage(int page, int perPage)
        => string.Create(CultureInfo.InvariantCulture, $"{_text}{(_text.Length == 0 ? '?' : '&')}page={page}&per_page={perPage}");
}
