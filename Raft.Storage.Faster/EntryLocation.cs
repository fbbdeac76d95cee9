using Raft.Core.Log;

namespace Raft.Storage.Faster;

/// <summary>Where an entry is.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Address">Its place in the log on the disk, or 0 while it is in memory.</param>
/// <param name="Entry">The entry itself while it is in memory.</param>
internal readonly record struct EntryLocation(LogId Id, long Address, Entry Entry)
{
    public bool IsDurable => Address != 0;
}
