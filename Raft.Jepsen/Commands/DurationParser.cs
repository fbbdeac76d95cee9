using System.CommandLine.Parsing;
using System.Globalization;

namespace Raft.Jepsen.Commands;

/// <summary>Reads durations such as <c>500ms</c>, <c>60s</c>, <c>5m</c> or <c>2h</c>.</summary>
internal static class DurationParser
{
    public static TimeSpan Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        double? unit = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => 1,
            _ when text.EndsWith('s') => 1_000,
            _ when text.EndsWith('m') => 60_000,
            _ when text.EndsWith('h') => 3_600_000,
            _ => null,
        };
        if (unit is { } milliseconds
            && double.TryParse(text.TrimEnd('m', 's', 'h'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value > 0 && value * milliseconds <= TimeSpan.FromHours(24).TotalMilliseconds)
        {
            return TimeSpan.FromMilliseconds(value * milliseconds);
        }

        result.AddError($"'{text}' is not a duration; give one like 500ms, 60s, 5m or 2h, up to 24 hours.");
        return default;
    }
}
