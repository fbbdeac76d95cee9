using System.ComponentModel.DataAnnotations;

namespace Raft.Core.Sessions;

/// <summary>
/// How long and how much the sessions of a cluster remember. Limits are replicated state: the defaults hold from the first entry on, and only a command
/// (<see cref="SessionCommandKind.Configure"/>) changes them, at its place in the log, so nodes can't disagree. The defaults are part of the log's format.
/// </summary>
public sealed record SessionLimits
{
    private static readonly TimeSpan _minTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _maxTimeout = TimeSpan.FromDays(3650);

    /// <summary>Most a <see cref="MaxSessions"/> can be.</summary>
    internal const int MostSessions = 1_000_000;

    /// <summary>Least and most a <see cref="MaxReplyBytes"/> can be.</summary>
    internal const long LeastReplyBytes = 1 << 10, MostReplyBytes = 1 << 30;

    /// <summary>Most a <see cref="Window"/> can be.</summary>
    internal const int MostWindow = 1 << 16;

    /// <summary>Log time without a sign of its client after which a session is dropped: whole milliseconds, from a second to ten years.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Sessions at a time; one more drops the one that was not used for longest. 1 to 1,000,000.</summary>
    public int MaxSessions { get; init; } = 4096;

    /// <summary>
    /// Bytes of replies kept for retries, all sessions together, each with 32 bytes for its bookkeeping; beyond, the sessions that were not used for longest
    /// are dropped. 1 KiB to 1 GiB. Every snapshot carries them.
    /// </summary>
    public long MaxReplyBytes { get; init; } = 64 << 20;

    /// <summary>Sequences from the lowest unanswered on that a session may use; 1 to 65,536.</summary>
    public int Window { get; init; } = 256;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        if (FirstError() is { } error)
        {
            throw new ValidationException(error);
        }
    }

    internal string? FirstError() => this switch
    {
        _ when Timeout < _minTimeout || Timeout > _maxTimeout || Timeout.Ticks % TimeSpan.TicksPerMillisecond != 0
            => $"{nameof(Timeout)} must be {_minTimeout} to {_maxTimeout} in whole milliseconds.",
        _ when MaxSessions is < 1 or > MostSessions => $"{nameof(MaxSessions)} must be 1 to {MostSessions}.",
        _ when MaxReplyBytes is < LeastReplyBytes or > MostReplyBytes => $"{nameof(MaxReplyBytes)} must be {LeastReplyBytes} to {MostReplyBytes}.",
        _ when Window is < 1 or > MostWindow => $"{nameof(Window)} must be 1 to {MostWindow}.",
        _ => null,
    };
}
