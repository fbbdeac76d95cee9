using System.Globalization;
using System.Text.Json.Serialization;

namespace Raft.Jepsen.Simulation;

/// <summary>One direction between two nodes, by their ids.</summary>
[JsonConverter(typeof(LinkConverter))]
internal readonly record struct Link(int From, int To)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is nothing of the kind.</exception>
    public static Link Parse(string text)
        => text.Split('>') is [var from, var to]
            && int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out int second)
            ? new Link(first, second)
            : throw new FormatException($"'{text}' is not a link.");

    /// <summary>Such as <c>1&gt;2</c>.</summary>
    public override string ToString() => $"{From}>{To}";
}
