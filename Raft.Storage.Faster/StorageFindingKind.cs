namespace Raft.Storage.Faster;

/// <summary>What a <see cref="StorageFinding"/> means for the node.</summary>
public enum StorageFindingKind
{
    /// <summary>What is there is not what had been written. The node refuses to start.</summary>
    Damage,

    /// <summary>A crash left a part of a commit that was never acknowledged. Harmless: the next start cuts it off.</summary>
    InterruptedCommit,

    /// <summary>One of the two places of the marker holds no valid one, as a crash may leave it. Harmless: the other one is used.</summary>
    InvalidMarker,
}
