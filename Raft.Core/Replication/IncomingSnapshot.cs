using Raft.Core.Storage;

namespace Raft.Core.Replication;

/// <summary>A follower's view of a snapshot that arrives in pieces, in order.</summary>
internal sealed class IncomingSnapshot(SnapshotMetadata snapshot)
{
    public SnapshotMetadata Snapshot => snapshot;

    /// <summary>Everything below this offset was handed to the driver.</summary>
    public long Taken { get; private set; }

    /// <summary>Everything below this offset was written by the driver.</summary>
    public long Written { get; private set; }

    /// <summary>True when the piece that reaches the end was handed over.</summary>
    public bool IsComplete { get; private set; }

    public void Take(int length)
    {
        Taken += length;
        IsComplete = Taken == snapshot.Size;
    }

    public void OnWritten(long upTo) => Written = Math.Max(Written, Math.Min(upTo, Taken));
}
