namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>A request that the API refuses.</summary>
internal sealed class ApiException(int status, int code, string message, params (int Code, string Message)[] chain) : Exception(message)
{
    /// <summary>HTTP status of the answer.</summary>
    public int Status { get; } = status;

    /// <summary>The error's number.</summary>
    public int Code { get; } = code;

    /// <summary>The errors below it.</summary>
    public IReadOnlyList<(int Code, string Message)> Chain { get; } = chain;

    /// <summary>A second error beside the first.</summary>
    public (int Code, string Message)? Second { get; init; }

    /// <summary>The time to wait that goes with status 429.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
