namespace Raft.Storage.Faster.Inspection;

/// <summary>What a file in a storage's directory is for.</summary>
public enum StorageFileRole
{
    /// <summary>Not one of the storage's.</summary>
    Unknown,

    /// <summary>Taken by the running node. The file stays when the node ends, and means nothing then.</summary>
    Lock,

    /// <summary>What the directory says about itself: whose it is, its layout, and how far the log reached at least.</summary>
    Marker,

    /// <summary>A part of the log.</summary>
    Log,

    /// <summary>Prepared for what the log has not come to.</summary>
    Prepared,

    /// <summary>The newest snapshot.</summary>
    Snapshot,

    /// <summary>Not needed any more, or never finished. The next start deletes it.</summary>
    Leftover,
}
