namespace Raft.Core.Node;

/// <summary>From when on <see cref="RaftHealth.Evaluate"/> finds fault.</summary>
public sealed record RaftHealthLimits
{
    /// <summary>Time without a leader's word after which a node counts as cut off; a few election timeouts.</summary>
    public TimeSpan MaxLeaderSilence { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Committed entries that the state machine may be behind.</summary>
    public ulong MaxApplyLag { get; init; } = 10_000;
}
