namespace NexaLoak.Tests.Storage;

/// <summary>What a <see cref="SimulatedDisk"/> is asked to do.</summary>
internal enum DiskOperation
{
    Create,
    Delete,
    Discard,
    Rename,
    SyncDirectory,
    Read,
    Write,
    Sync,
}
