namespace NexaLoak.Tests.Transport;

/// <summary>A clock that stands still, for certificates of another day.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
