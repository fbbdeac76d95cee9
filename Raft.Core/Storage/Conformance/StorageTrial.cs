namespace Raft.Core.Storage.Conformance;

/// <summary>The storage of one check, through all its openings.</summary>
internal sealed class StorageTrial(StorageUnderTest storage, CancellationToken cancellationToken) : IAsyncDisposable
{
    private IRaftStorage? _closed;
    private IRaftStorage? _open;
    private StorageSession? _session;

    /// <summary>Opens the storage, for the first time or again, and leaves starting it to the check.</summary>
    public IRaftStorage Open()
    {
        _open = _closed is null ? storage.Create() : storage.Reopen(_closed);
        return _open;
    }

    /// <summary>Opens the storage and starts it.</summary>
    public StorageSession Start()
    {
        _session = new StorageSession(Open(), storage.WaitLimit, cancellationToken);
        return _session;
    }

    /// <summary>Closes the storage, opens it again and starts it.</summary>
    public async Task<StorageSession> RestartAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        return Start();
    }

    /// <summary>Opens the storage as a crash leaves it.</summary>
    public StorageSession Crash()
    {
        _open = storage.Crash!(_open!);
        _session = new StorageSession(_open, storage.WaitLimit, cancellationToken);
        return _session;
    }

    /// <summary>Closes the storage, if it is open, and looks at what it had reported.</summary>
    public async Task CloseAsync()
    {
        if (_open is null)
        {
            return;
        }

        (_closed, _open) = (_open, null);
        await WithinLimitAsync(_closed.DisposeAsync().AsTask()).ConfigureAwait(false);
        _session?.Listener.RequireHealthy();
        _session = null;
    }

    /// <summary>Closes what a check that ended early left open. What goes wrong with that is not worth telling beside the reason for the end.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await WithinLimitAsync(_open?.DisposeAsync().AsTask() ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The check has failed before.
        }
    }

    /// <summary>Does one thing over and over on a thread of its own, until another is done, and once more after that.</summary>
    public async Task RepeatBesideAsync(Action repeated, Func<Task> other)
    {
        using var stop = new CancellationTokenSource();
        Task repeating = Task.Run(
            () =>
            {
                bool last;
                do
                {
                    last = stop.IsCancellationRequested;
                    repeated();
                }
                while (!last);
            },
            CancellationToken.None);
        try
        {
            await other().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await WithinLimitAsync(repeating).ConfigureAwait(false);
    }

    private Task WithinLimitAsync(Task task) => task.WaitAsync(storage.WaitLimit, cancellationToken);
}
