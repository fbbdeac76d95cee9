namespace NexaLoak.Orchestrator.Health;

/// <summary>A node's condition in one word, for people.</summary>
internal enum NodeCondition
{
    /// <summary>Not judged yet.</summary>
    Unknown,

    /// <summary>Reachable, and not known to fail its users.</summary>
    Healthy,

    /// <summary>Reachable, but its service port fails for a majority of the live nodes.</summary>
    ServiceDown,

    /// <summary>The leader does not hear it, yet it is not crashed: it may well serve its users, so it keeps its record.</summary>
    ControlUnreachable,

    /// <summary>Neither heard nor serving.</summary>
    Crashed,
}
