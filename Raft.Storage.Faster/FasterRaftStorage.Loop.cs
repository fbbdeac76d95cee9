using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster;

/// <summary>The thread that commits.</summary>
public sealed partial class FasterRaftStorage
{
    private void Close(Thread? thread)
    {
        thread?.Join();
        try
        {
            if (!_failed && _syncFailures.First is null)
            {
                _committer.Mark();
            }
        }
        finally
        {
            _remover.Dispose();
            _committer.Dispose();
            _files.Dispose();
            _marker.Dispose();
            _disk.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            while (TakeBatch())
            {
                _index.MarkDurable(_committer.Commit(_batch), _committer.Until);
                if (_batch.FindLast(queued => queued.Snapshot is not null).Snapshot is SnapshotName newest)
                {
                    _snapshots.Supersede(newest);
                }

                _syncFailures.ThrowIfAny();
                _listener!.OnPersisted(_batch[^1].Write.Sequence);
                _batch.Clear();
                _files.PrepareNext();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_closing && _syncFailures.First is null)
            {
                Monitor.Wait(_gate);
            }

            _syncFailures.ThrowIfAny();

            (_queue, _batch) = (_batch, _queue);
            return _batch.Count > 0;
        }
    }

    private void Fail(Exception error)
    {
        lock (_gate)
        {
            _failed = true;
            _queue.Clear();
        }

        _logger.Failed(error, _disk.PathOf(""));
        _listener!.OnFailed(error);
    }
}
