using Raft.Core.Log;

namespace Raft.Storage.Faster.Format;

/// <summary>Everything durable as of one commit, short of the entries themselves.</summary>
/// <param name="Begin">Address of the first record kept.</param>
/// <param name="BeginLink">Link of that record.</param>
/// <param name="Until">Address behind the commit's record.</param>
/// <param name="Link">Checksum of the commit's record: the link of what comes next.</param>
/// <param name="Commit">Number of the commit; 0 before the first.</param>
/// <param name="Base">The entry before the first one kept.</param>
/// <param name="HardState">The node's hard state.</param>
/// <param name="LastIndex">Index of the last entry; that of <paramref name="Base"/> when there is none.</param>
internal readonly record struct Checkpoint(
    long Begin, uint BeginLink, long Until, uint Link, ulong Commit, LogId Base, HardState HardState, ulong LastIndex)
{
    /// <summary>A log that never held anything.</summary>
    public static Checkpoint Empty { get; } =
        new(LogGeometry.FirstAddress, 0, LogGeometry.FirstAddress, 0, 0, default, default, 0);
}
