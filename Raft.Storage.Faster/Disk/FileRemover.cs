using Microsoft.Extensions.Logging;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// Deletes files that nothing needs any more, away from the thread that commits, because deleting a large file takes long. A file that can't be deleted
/// does no harm: the next opening deletes it. A failed sync does, and ends the storage. Thread-safe.
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
            lock (_gate)
            {
                _last = _last.ContinueWith(_ => Remove(names), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
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

    /// <summary>Waits until nothing is left to delete.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _last.Wait();
        }
    }
}
