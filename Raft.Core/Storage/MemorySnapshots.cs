namespace Raft.Core.Storage;

/// <summary>The sealed snapshots of a <see cref="MemoryStorage"/>. Thread-safe.</summary>
internal sealed class MemorySnapshots
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SnapshotMetadata, byte[]> _sealed = [];

    /// <summary>Whether a snapshot is there.</summary>
    public bool Contains(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            return _sealed.ContainsKey(snapshot);
        }
    }

    /// <summary>Takes a snapshot.</summary>
    public void Add(SnapshotMetadata snapshot, byte[] content)
    {
        lock (_lock)
        {
            _sealed[snapshot] = content;
        }
    }

    /// <summary>Forgets the snapshots whose place <paramref name="newest"/> has taken. A later one, which no write has named yet, stays.</summary>
    public void Supersede(SnapshotMetadata newest) => Forget(snapshot => snapshot.Id.Index <= newest.Id.Index && snapshot != newest);

    /// <summary>Forgets all but one.</summary>
    public void ForgetOthers(SnapshotMetadata? kept) => Forget(snapshot => snapshot != kept);

    /// <summary>As <see cref="IRaftStorage.OpenSnapshot"/>.</summary>
    public Stream Open(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            return _sealed.TryGetValue(snapshot, out byte[]? content)
                ? new MemoryStream(content, writable: false)
                : throw new FileNotFoundException($"Snapshot {snapshot.Id} is not there, or a newer one has taken its place.");
        }
    }

    private void Forget(Predicate<SnapshotMetadata> match)
    {
        lock (_lock)
        {
            foreach (SnapshotMetadata snapshot in _sealed.Keys.Where(key => match(key)).ToList())
            {
                _sealed.Remove(snapshot);
            }
        }
    }
}
