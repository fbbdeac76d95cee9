using Raft.Core.Storage;

namespace Raft.Storage.Faster.Inspection;

/// <summary>A snapshot's file.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="IsNewest">Whether it is the one that the log goes on from. The next start deletes the others.</param>
/// <param name="Metadata">What the file says of itself; <c>null</c> when it is not what had been written, of a newer version, or not there.</param>
public sealed record StoredSnapshot(string File, bool IsNewest, SnapshotMetadata? Metadata);
