namespace Raft.Storage.Faster.Format;

/// <summary>A record's place in the stream.</summary>
/// <param name="Link">Checksum of the record before it; 0 for the first.</param>
/// <param name="Incarnation">Which opening of the directory wrote it; grows with each.</param>
/// <param name="Commit">
/// The commit it belongs to. One commit is synced before the next is written, so a record of commit n proves that commit n−1 was durable.
/// </param>
internal readonly record struct RecordStamp(uint Link, uint Incarnation, ulong Commit);
