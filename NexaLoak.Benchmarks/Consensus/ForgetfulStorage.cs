using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Benchmarks.Consensus;

/// <summary>Reports each write as durable the moment it is made, and keeps nothing, so that what is measured is the node.</summary>
internal sealed class ForgetfulStorage : IRaftStorage
{
    private IStorageListener? _listener;

    /// <inheritdoc/>
    public RecoveredState Recovered => RecoveredState.Empty;

    /// <inheritdoc/>
    public void Start(IStorageListener listener) => _listener = listener;

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write) => _listener!.OnPersisted(write.Sequence);

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
        => throw new NotSupportedException("Nobody falls behind what is in memory.");

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
