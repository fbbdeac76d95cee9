using System.ComponentModel.DataAnnotations;
using NexaLoak.Orchestrator.Fleet;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>How the leader keeps the domain in line with the fleet.</summary>
internal sealed record ReconcilerOptions
{
    /// <summary>Id of this cluster: records of another one are never touched.</summary>
    public required string Cluster { get; init; }

    /// <summary>Time after which the domain is listed again although nothing has changed here.</summary>
    public TimeSpan RelistInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait after a failure; doubled after each further one.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait after a failure, and the wait after one that only an operator can remedy.</summary>
    public TimeSpan MaxRetryInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest duration of one request to the DNS provider.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How old the confirmation of leadership may be when a write is sent.</summary>
    public TimeSpan MaxConfirmationAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two checks whether this node still leads.</summary>
    public TimeSpan LeadershipCheckInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Share of the judged nodes whose addresses stay in the domain even when more of them are judged to have crashed.</summary>
    public double MinPublishedShare { get; init; } = 0.5;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(
            FleetRules.IsName(Cluster), nameof(Cluster), $"1 to {FleetLimits.NameLength} lower-case letters, digits and hyphens");
        RequirePositive(RelistInterval, nameof(RelistInterval));
        RequirePositive(RetryInterval, nameof(RetryInterval));
        RequirePositive(MaxRetryInterval, nameof(MaxRetryInterval));
        RequirePositive(RequestTimeout, nameof(RequestTimeout));
        RequirePositive(MaxConfirmationAge, nameof(MaxConfirmationAge));
        RequirePositive(LeadershipCheckInterval, nameof(LeadershipCheckInterval));
        Require(MaxRetryInterval >= RetryInterval, nameof(MaxRetryInterval), $"at least {nameof(RetryInterval)}");
        Require(MinPublishedShare is >= 0 and <= 1, nameof(MinPublishedShare), "from 0 to 1");

        static void RequirePositive(TimeSpan value, string name) =>
            Require(value > TimeSpan.Zero && value <= TimeSpan.FromHours(1), name, "more than 0 s and at most 1 h");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"Reconciler:{name} must be {bound}.");
            }
        }
    }
}
