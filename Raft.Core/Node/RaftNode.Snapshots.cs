using Microsoft.Extensions.Logging;
using Raft.Core.Log;
using Raft.Core.Node.Events;
using Raft.Core.Node.Snapshots;
using Raft.Core.Storage;

namespace Raft.Core.Node;

// Snapshots: what the core asks for is done by loops of their own, which report back through the mailbox.
public sealed partial class RaftNode
{
    private readonly SnapshotSaver _snapshotSaver;
    private readonly SnapshotSender _snapshotSender;
    private readonly SnapshotReceiver _snapshotReceiver;
    private SnapshotMetadata? _restore;

    private SnapshotSaver CreateSaver()
        => new(
            _storage,
            snapshot => _mailbox.PostNotice(() => OnSnapshotSaved(snapshot)),
            error => _mailbox.PostNotice(() => OnSnapshotAbandoned(error)));

    private SnapshotSender CreateSender()
        => new(
            _storage,
            message => _mailbox.PostNotice(() => Send(message)),
            chunk => _mailbox.PostNotice(() => _core.OnChunkGone(chunk)));

    private SnapshotReceiver CreateReceiver()
        => new(
            _storage,
            (snapshot, upTo) => _mailbox.PostNotice(() => _core.OnChunkWritten(snapshot, upTo)),
            snapshot => _mailbox.PostNotice(() => _core.OnSnapshotStaged(snapshot)),
            OnStagingFailed);

    private void OnSnapshotSaved(SnapshotMetadata snapshot)
    {
        _core.OnSnapshotSaved(snapshot);
        _apply.LookForSnapshot();
        LogSnapshotTaken(snapshot.Id, snapshot.Size);
        PublishView();
        Tell(new SnapshotTaken(snapshot));
    }

    private void OnSnapshotAbandoned(Exception error)
    {
        LogSnapshotAbandoned(error);
        _apply.LookForSnapshot();
    }

    private void OnStagingFailed(SnapshotMetadata snapshot, Exception error)
    {
        LogStagingFailed(snapshot.Id, error);
        _mailbox.PostNotice(() => _core.OnStagingFailed(snapshot));
    }

    private void TakeNotices()
    {
        while (_mailbox.TryTakeNotice(out Action? notice))
        {
            notice();
        }
    }

    private void CarrySnapshots()
    {
        for (int i = 0; i < _ready.ChunksToSend.Count; i++)
        {
            _snapshotSender.Add(_ready.ChunksToSend[i]);
        }

        for (int i = 0; i < _ready.ChunksReceived.Count; i++)
        {
            _snapshotReceiver.Add(_ready.ChunksReceived[i]);
        }

        if (_ready.Restore is { } snapshot)
        {
            _restore = snapshot;
            LogSnapshotInstalled(snapshot.Id, snapshot.Size);
            PublishView();
            Tell(new SnapshotInstalled(snapshot));
        }
    }

    /// <summary>A snapshot that replaced the log goes to the state machine before what follows it.</summary>
    private bool HandRestore()
    {
        if (_restore is { } snapshot && _apply.TryHand(snapshot))
        {
            _restore = null;
        }

        return _restore is null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot at {Id} taken, {Size} bytes")]
    private partial void LogSnapshotTaken(LogId id, long size);

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot at {Id} of the leader installed, {Size} bytes")]
    private partial void LogSnapshotInstalled(LogId id, long size);

    [LoggerMessage(Level = LogLevel.Error, Message = "A snapshot could not be taken; the one before stays, and so does the log behind it")]
    private partial void LogSnapshotAbandoned(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leader's snapshot at {Id} could not be received; it is asked for again")]
    private partial void LogStagingFailed(LogId id, Exception error);
}
