namespace Raft.Core.Node;

/// <summary>How well a node is; the values are ordered as in ASP.NET Core's health checks.</summary>
public enum RaftHealthState
{
    /// <summary>It has stopped, or is cut off from its cluster: it can serve nothing but stale reads.</summary>
    Unhealthy = 0,

    /// <summary>It runs, and something needs attention or time.</summary>
    Degraded = 1,

    /// <summary>All is well.</summary>
    Healthy = 2,
}
