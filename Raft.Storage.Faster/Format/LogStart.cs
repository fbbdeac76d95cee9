namespace Raft.Storage.Faster.Format;

/// <summary>A place at which reading the log may begin.</summary>
/// <param name="Address">Address of the record there.</param>
/// <param name="Link">Checksum of the record before it; 0 when there was none.</param>
/// <param name="Commit">Number of the commit before the one it belongs to.</param>
internal readonly record struct LogStart(long Address, uint Link, ulong Commit);
