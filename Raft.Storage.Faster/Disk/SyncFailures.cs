namespace Raft.Storage.Faster.Disk;

/// <summary>
/// What the threads beside the one that commits learned of syncs that failed: of a snapshot, of a directory. The thread that commits ends the storage with
/// the first of them. Thread-safe.
/// </summary>
internal sealed class SyncFailures
{
    private SyncFailedException? _first;

    /// <summary>The first one; <c>null</c> as long as all is well.</summary>
    public SyncFailedException? First => Volatile.Read(ref _first);

    /// <summary>Called after each report.</summary>
    public Action? Reported { get; set; }

    /// <summary>Takes a failure.</summary>
    public void Report(SyncFailedException failure)
    {
        Interlocked.CompareExchange(ref _first, failure, null);
        Reported?.Invoke();
    }

    /// <summary>Throws the first failure, if there is one.</summary>
    public void ThrowIfAny()
    {
        if (First is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }
}
