namespace Raft.Core.Node;

/// <summary>A verdict on a node, for load balancers and whoever is on call.</summary>
/// <param name="State">The verdict.</param>
/// <param name="Reason">What is wrong, in words; empty when all is well.</param>
public sealed record RaftHealth(RaftHealthState State, string Reason)
{
    /// <summary>Judges a node by its status. Depends on nothing else, so it can be asked anywhere and at any time.</summary>
    /// <param name="status">What the node shows of itself.</param>
    /// <param name="limits">From when on a state is worth a word; <c>null</c> for the defaults.</param>
    public static RaftHealth Evaluate(RaftStatus status, RaftHealthLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(status);
        limits ??= new RaftHealthLimits();
        ulong lag = status.CommitIndex - Math.Min(status.AppliedIndex, status.CommitIndex);
        return status switch
        {
            { Failure: { } failure } => new(RaftHealthState.Unhealthy, $"The node has stopped: {failure.Message}"),
            { IsStopped: true } => new(RaftHealthState.Unhealthy, "The node has stopped."),
            { SinceLeaderContact: null } => new(RaftHealthState.Unhealthy, "The node has not heard of a leader since its start."),
            { SinceLeaderContact: { } age } when age > limits.MaxLeaderSilence
                => new(RaftHealthState.Unhealthy, $"The node has heard of no leader for {age.TotalSeconds:F1} s."),
            { IsStorageStalled: true } => new(RaftHealthState.Degraded, "The storage does not answer."),
            { Leader.IsNone: true } => new(RaftHealthState.Degraded, "There is no leader at the moment."),
            _ when lag > limits.MaxApplyLag => new(RaftHealthState.Degraded, $"The state machine is {lag} entries behind what is committed."),
            _ => new(RaftHealthState.Healthy, string.Empty),
        };
    }
}
