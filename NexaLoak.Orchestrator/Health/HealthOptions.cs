using System.ComponentModel.DataAnnotations;

namespace NexaLoak.Orchestrator.Health;

/// <summary>How nodes watch each other, and when one counts as crashed.</summary>
internal sealed record HealthOptions
{
    /// <summary>Time between two probes of a service port.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for a service port to accept a connection.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Failed probes in a row after which a service is seen as down.</summary>
    public int ProbesUntilDown { get; init; } = 3;

    /// <summary>Successful probes in a row after which a service is seen as up.</summary>
    public int ProbesUntilUp { get; init; } = 2;

    /// <summary>Time without a Raft message after which the leader holds a node for unreachable. A new leader grants everybody twice this.</summary>
    public TimeSpan ContactTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a crashed node has to be reachable and to serve until it counts as healthy again.</summary>
    public TimeSpan RecoveryTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks of the leader at the nodes.</summary>
    public TimeSpan JudgeInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        RequirePositive(ProbeInterval, nameof(ProbeInterval));
        RequirePositive(ProbeTimeout, nameof(ProbeTimeout));
        RequirePositive(ContactTimeout, nameof(ContactTimeout));
        RequirePositive(RecoveryTime, nameof(RecoveryTime));
        RequirePositive(JudgeInterval, nameof(JudgeInterval));
        Require(ProbesUntilDown >= 1, nameof(ProbesUntilDown), "at least 1");
        Require(ProbesUntilUp >= 1, nameof(ProbesUntilUp), "at least 1");
        Require(JudgeInterval < ContactTimeout, nameof(JudgeInterval), $"less than {nameof(ContactTimeout)}");

        static void RequirePositive(TimeSpan value, string name) =>
            Require(value > TimeSpan.Zero && value <= TimeSpan.FromHours(1), name, "more than 0 s and at most 1 h");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"Health:{name} must be {bound}.");
            }
        }
    }
}
