using Raft.Core.Log;

namespace Raft.Core.Storage;

/// <summary>Reads entries that are in the log of a storage, durable or still on their way to the disk.</summary>
public interface IRaftLogReader
{
    /// <summary>
    /// Appends the entries from <paramref name="from"/> to at most <paramref name="to"/> (both included) to <paramref name="into"/>, in order,
    /// and stops before the one whose <see cref="Entry.Size"/> would bring the sum over <paramref name="maxBytes"/>. The first entry is
    /// always read, whatever its size. Safe to call from any thread, beside appends.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not in the log.</exception>
    /// <exception cref="StorageCorruptedException">What was read is not what had been written.</exception>
    void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into);
}
