using Microsoft.Extensions.Logging;

namespace Raft.Transport.Grpc.Peers;

/// <summary>
/// Says who was refused and why, once a minute for the same caller and reason: whoever is refused comes again. Safe for concurrent use.
/// </summary>
internal sealed partial class RefusalLog(ILogger logger, TimeProvider time)
{
    // Callers that nobody knows must not fill the memory.
    private const int MaxRemembered = 256;
    private const int MaxReasonLength = 400;

    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Who, string Why), long> _reported = [];
    private long? _tooManyAt;

    private enum Outcome
    {
        Repetition,
        Report,
        TooMany,
    }

    /// <summary>Reports a refusal.</summary>
    /// <param name="who">The caller, in a form that is the same when it comes again.</param>
    /// <param name="why">Completes the sentence "was refused: …".</param>
    public void Refused(string who, string why)
    {
        string reason = Tidy(why);
        switch (Note((who, reason)))
        {
            case Outcome.Report:
                LogRefused(logger, who, reason);
                break;
            case Outcome.TooMany:
                LogTooMany(logger, MaxRemembered);
                break;
            default:
                break;
        }
    }

    // A reason quotes what strangers sent, which must not look like lines of ours.
    private static string Tidy(string why)
        => string.Concat(why.Take(MaxReasonLength).Select(static c => char.IsControl(c) ? '?' : c));

    private Outcome Note((string Who, string Why) refusal)
    {
        long now = time.GetTimestamp();
        lock (_reported)
        {
            if (_reported.TryGetValue(refusal, out long last) && time.GetElapsedTime(last, now) < _pause)
            {
                return Outcome.Repetition;
            }

            if (_reported.Count >= MaxRemembered)
            {
                foreach ((string, string) old in _reported.Where(r => time.GetElapsedTime(r.Value, now) >= _pause).Select(static r => r.Key).ToArray())
                {
                    _reported.Remove(old);
                }

                if (_reported.Count >= MaxRemembered)
                {
                    return TakeTooMany(now);
                }
            }

            _reported[refusal] = now;
            return Outcome.Report;
        }
    }

    private Outcome TakeTooMany(long now)
    {
        if (_tooManyAt is { } last && time.GetElapsedTime(last, now) < _pause)
        {
            return Outcome.Repetition;
        }

        _tooManyAt = now;
        return Outcome.TooMany;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Who} was refused: {Why}. Repetitions are reported once a minute.")]
    private static partial void LogRefused(ILogger logger, string who, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "More callers were refused in a minute than the {Limit} that are reported; the rest are not")]
    private static partial void LogTooMany(ILogger logger, int limit);
}
