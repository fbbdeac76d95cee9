using System.ComponentModel.DataAnnotations;

namespace Raft.Core.Sessions;

/// <summary>How a <see cref="RaftSession"/> reaches the leader, and how long it tries.</summary>
public sealed record RaftSessionOptions
{
    /// <summary>Most a <see cref="KeepAlive"/> can be, short of never.</summary>
    internal static readonly TimeSpan MaxKeepAlive = TimeSpan.FromDays(1);

    /// <summary>How to reach a leader that is another node; without it a session works on the leader only, and ends calls when leadership goes elsewhere.</summary>
    public SessionRoute? Route { get; init; }

    /// <summary>Wait between two attempts of a command.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time after which no further attempt of a command begins; far less than <see cref="SessionLimits.Timeout"/>.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often an idle session says that its client lives; from a millisecond to a day. By default a third of the timeout that was in force when
    /// the session was opened, or a day if that is less. <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        if (RetryDelay <= TimeSpan.Zero || RetryFor < TimeSpan.Zero)
        {
            throw new ValidationException($"{nameof(RetryDelay)} must be greater than zero, and {nameof(RetryFor)} at least zero.");
        }

        if (KeepAlive is { } interval && interval != Timeout.InfiniteTimeSpan && (interval < TimeSpan.FromMilliseconds(1) || interval > MaxKeepAlive))
        {
            throw new ValidationException($"{nameof(KeepAlive)} must be a millisecond to a day, or never.");
        }
    }
}
