namespace Raft.Jepsen.Simulation;

/// <summary>What a fault waits for.</summary>
internal enum CauseKind
{
    /// <summary>A point of virtual time.</summary>
    Time,

    /// <summary>A <see cref="TriggerPoint"/> on a node.</summary>
    Moment,

    /// <summary>The effects of one Ready of a node, half of them carried out.</summary>
    Ready,

    /// <summary>The end of all faults: some nodes never come back.</summary>
    End,
}
