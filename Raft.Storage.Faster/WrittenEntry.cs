namespace Raft.Storage.Faster;

/// <summary>An entry that a commit made durable.</summary>
/// <param name="Sequence">The write it came with.</param>
/// <param name="Index">Its index.</param>
/// <param name="Address">Its place in the log.</param>
internal readonly record struct WrittenEntry(ulong Sequence, ulong Index, long Address);
