using System.Globalization;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The answer to one request, or why there is none.</summary>
/// <typeparam name="T">What the request asks for.</typeparam>
internal sealed record CloudflareResult<T>
    where T : class
{
    /// <summary>What came of the request.</summary>
    public required CloudflareOutcome Outcome { get; init; }

    /// <summary>What was asked for; not <c>null</c> when <see cref="Outcome"/> is <see cref="CloudflareOutcome.Ok"/>.</summary>
    public T? Result { get; init; }

    /// <summary>Of a list: which part of it this is.</summary>
    public ResultInfo? ResultInfo { get; init; }

    /// <summary>HTTP status; <c>null</c> when no answer came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Cloudflare's errors.</summary>
    public IReadOnlyList<CloudflareError> Errors { get; init; } = [];

    /// <summary>How long Cloudflare, or the client's own limit, asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>One line without secrets that says what went wrong; empty when nothing did.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What was asked for.</summary>
    /// <exception cref="InvalidOperationException">The request failed.</exception>
    public T Value => Result ?? throw new InvalidOperationException($"The request has no result: {Reason}");

    /// <summary>True when Cloudflare reported this error.</summary>
    public bool HasError(int code) => Errors.SelectMany(static error => error.Flatten()).Any(error => error.Code == code);

    /// <summary>The same failure of a request for something else.</summary>
    public CloudflareResult<TOther> AsFailureOf<TOther>()
        where TOther : class
        => new() { Outcome = Outcome, StatusCode = StatusCode, Errors = Errors, RetryAfter = RetryAfter, Reason = Reason };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Outcome} {StatusCode} {Reason}");
}
