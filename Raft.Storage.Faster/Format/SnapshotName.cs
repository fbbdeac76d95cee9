using System.Globalization;
using Raft.Core.Log;
using Raft.Storage.Faster.Disk;

namespace Raft.Storage.Faster.Format;

/// <summary>Names a sealed snapshot in a commit, so that no other file passes for it.</summary>
/// <param name="Number">Number of its file, never used twice in a directory; 0 for no snapshot.</param>
/// <param name="Id">The last entry whose effect it holds.</param>
/// <param name="Crc">Checksum of its trailer, which holds that of its content.</param>
internal readonly record struct SnapshotName(ulong Number, LogId Id, uint Crc)
{
    /// <summary>How names of snapshot files begin.</summary>
    public const string Prefix = "snapshot.";

    /// <summary>Whether a file is a whole snapshot by its name.</summary>
    public static bool IsFile(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith(IDisk.TemporarySuffix, StringComparison.Ordinal);

    /// <summary>Name of the file with a number.</summary>
    public static string FileOf(ulong number) => Prefix + number.ToString("x16", CultureInfo.InvariantCulture);
}
