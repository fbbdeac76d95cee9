using System.ComponentModel.DataAnnotations;

namespace NexaLoak.Orchestrator.Emulator.Faults;

/// <summary>
/// Which requests meet a fault. Members with a default have a setter: the generated JSON reader would lose the default of an init-only one.
/// </summary>
internal sealed record FaultRule
{
    private const double MaxSeconds = 86400;

    /// <summary>What goes wrong.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>How many requests meet it; <c>null</c> for all until it is removed.</summary>
    public int? Count { get; set; } = 1;

    /// <summary>Only requests with this HTTP method.</summary>
    public string? Method { get; init; }

    /// <summary>Only requests whose path contains this.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// Of a hang: how long, until the fault is removed when <c>null</c>. Of <see cref="FaultKind.RateLimit"/>: the time to wait, 5 when <c>null</c>. Of
    /// <see cref="FaultKind.StaleList"/>: how long the fault lasts, until it is removed when <c>null</c>.
    /// </summary>
    public double? Seconds { get; init; }

    /// <summary>Of <see cref="FaultKind.SmallPages"/>: most objects of a page.</summary>
    public int PageSize { get; set; } = 3;

    /// <summary>Whether a request is one of those.</summary>
    public bool Matches(string method, string path)
        => (Method is null || string.Equals(Method, method, StringComparison.OrdinalIgnoreCase))
            && (Path is null || path.Contains(Path, StringComparison.OrdinalIgnoreCase));

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(Enum.IsDefined(Kind), "kind", "one of the known kinds");
        Require(Count is null or >= 1, "count", "at least 1, or null for no end");
        Require(Seconds is null or (>= 0 and <= MaxSeconds), "seconds", $"0 to {MaxSeconds}");
        Require(PageSize >= 1, "page_size", "at least 1");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"{name} of a fault must be {bound}.");
            }
        }
    }
}
