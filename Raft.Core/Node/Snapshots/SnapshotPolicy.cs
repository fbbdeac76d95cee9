using System.ComponentModel.DataAnnotations;

namespace Raft.Core.Node.Snapshots;

/// <summary>When a node takes a snapshot of its state machine: whichever comes first, counted from the snapshot before.</summary>
public sealed record SnapshotPolicy
{
    /// <summary>Entries applied. At least 1.</summary>
    public ulong Entries { get; init; } = 100_000;

    /// <summary>Bytes of entries applied, by <see cref="Log.Entry.Size"/>. At least 1.</summary>
    public long Bytes { get; init; } = 64 << 20;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        if (Entries < 1 || Bytes < 1)
        {
            throw new ValidationException($"{nameof(SnapshotPolicy)}.{(Entries < 1 ? nameof(Entries) : nameof(Bytes))} must be at least 1.");
        }
    }
}
