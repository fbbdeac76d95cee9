using Microsoft.Extensions.Logging;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// Deletes files that nothing needs any more, or gives back parts of them, away from the thread that commits, because that takes long for a large file. What
/// can't be deleted or given back does no harm: the next opening does it. A failed sync ends the storage.
/// Thread-safe.
/// </summary>
internal sealed class FileRemover(IDisk disk, SyncFailures failures, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Deletes files soon, in their order.</summary>
    public void RemoveSoon(IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            DoSoon(() => Remove(names));
        }
    }

    /// <summary>Gives the first bytes of a file back soon.</summary>
    public void DiscardSoon(string name, long length)
    {
        if (length > 0)
        {
            DoSoon(() => Discard(name, length));
        }
    }

    /// <summary>Deletes files now.</summary>
    public void Remove(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            try
            {
                disk.Delete(name);
            }
            catch (SyncFailedException e)
            {
                failures.Report(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.NotDeleted(e, disk.PathOf(name));
            }
        }
    }

    /// <summary>Waits until nothing is left to do.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _last.Wait();
        }
    }

    private void DoSoon(Action work)
    {
        lock (_gate)
        {
            _last = _last.ContinueWith(_ => work(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Discard(string name, long length)
    {
        try
        {
            disk.Discard(name, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotDiscarded(e, length, disk.PathOf(name));
        }
    }
}
