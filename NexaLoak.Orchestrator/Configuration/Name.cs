using System.Text.RegularExpressions;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>The forms of the names that a configuration holds.</summary>
internal static partial class Name
{
    /// <summary>What an identifier may look like, for messages.</summary>
    public const string IdentifierRule = "Use 1 to 32 lower-case letters, digits and inner hyphens.";

    /// <summary>
    /// Node names and cluster ids. Both stand in the comment of each DNS record, which is at most 100 characters long on the smallest plan
    /// and has colons between its parts.
    /// </summary>
    public static bool IsIdentifier(string text) => Identifier().IsMatch(text);

    /// <summary>A fully qualified domain name in lower case, without the final dot.</summary>
    public static bool IsDomain(string text) => text.Length <= 253 && Domain().IsMatch(text);

    /// <summary>True when <paramref name="domain"/> is <paramref name="zone"/> or lies below it.</summary>
    public static bool IsWithin(string domain, string zone) => domain == zone || domain.EndsWith($".{zone}", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\A([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Domain();
}
