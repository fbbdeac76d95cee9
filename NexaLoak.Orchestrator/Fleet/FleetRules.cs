using System.Globalization;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>What values the replicated state takes in.</summary>
internal static class FleetRules
{
    // The last millisecond of the year 9999, the end of DateTimeOffset.
    private const long MaxUnixMs = 253_402_300_799_999;
    private const int MaxPort = 65_535;
    private const int FirstMulticastOctet = 224;

    /// <summary>True for 1 to 32 lower-case letters, digits and hyphens: a name becomes part of a record's comment.</summary>
    public static bool IsName(string text) =>
        text.Length is >= 1 and <= FleetLimits.NameLength
        && text.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '-');

    /// <summary>True for an IPv4 address in dotted form without leading zeros that a single host can have.</summary>
    public static bool IsAddress(string text)
    {
        string[] octets = text.Split('.');
        if (octets.Length != 4)
        {
            return false;
        }

        foreach (string octet in octets)
        {
            if (!byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)
                || octet != value.ToString(CultureInfo.InvariantCulture))
            {
                return false;
            }
        }

        return byte.Parse(octets[0], CultureInfo.InvariantCulture) is > 0 and < FirstMulticastOctet;
    }

    /// <summary>True for a TCP port.</summary>
    public static bool IsPort(uint port) => port is >= 1 and <= MaxPort;

    /// <summary>True for a text of bounded length on one line.</summary>
    public static bool IsText(string text) => text.Length <= FleetLimits.TextLength && !text.Any(char.IsControl);

    /// <summary>True for milliseconds between 1970 and 9999.</summary>
    public static bool IsTime(long unixMs) => unixMs is >= 0 and <= MaxUnixMs;

    /// <summary>Makes any text one that <see cref="IsText"/> takes: on one line, and cut at the limit.</summary>
    public static string ToText(string text)
    {
        string line = string.Concat(text.Select(sign => char.IsControl(sign) ? ' ' : sign));
        if (line.Length <= FleetLimits.TextLength)
        {
            return line;
        }

        int length = char.IsHighSurrogate(line[FleetLimits.TextLength - 1]) ? FleetLimits.TextLength - 1 : FleetLimits.TextLength;
        return line[..length];
    }
}
