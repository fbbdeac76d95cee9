using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;
using Raft.Core.Storage;

namespace Raft.Core.Consensus;

// Snapshots and log compaction: Raft paper, section 7; thesis, chapter 5.
public sealed partial class RaftCore
{
    private readonly List<OutboundChunk> _chunksToSend = [];
    private readonly List<SnapshotChunk> _chunksReceived = [];
    private IncomingSnapshot? _incoming;
    private SnapshotMetadata? _restore;
    private ulong _restoreWrite;
    private long _chunkBudget = long.MaxValue;

    /// <summary>The newest snapshot of this node's state machine; <c>null</c> when there is none.</summary>
    public SnapshotMetadata? Snapshot => _log.Snapshot;

    /// <summary>The entry before the first one that the log still holds.</summary>
    public LogId LogBase => _log.Base;

    /// <summary>
    /// The driver has sealed a snapshot of what it has applied. The log behind it is given up, except for <see cref="RaftOptions.TrailingEntries"/> and,
    /// within <see cref="RaftOptions.MaxTrailingEntries"/>, what followers in sight still need. A snapshot that is older than the newest one changes nothing.
    /// </summary>
    public void OnSnapshotSaved(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Id.Index <= Math.Max(_log.Base.Index, _log.Snapshot?.Id.Index ?? 0))
        {
            return;
        }

        ulong last = snapshot.Id.Index;
        ulong compactTo = last - Math.Min(last, _options.TrailingEntries);
        foreach (Progress progress in _progress.Values)
        {
            compactTo = progress.InSight ? Math.Min(compactTo, progress.Needs) : compactTo;
        }

        _log.Compact(snapshot, Math.Max(compactTo, last - Math.Min(last, _options.MaxTrailingEntries)));
    }

    /// <summary>The driver has written what was received of a snapshot up to an offset; more may come.</summary>
    public void OnChunkWritten(SnapshotMetadata snapshot, long upTo)
    {
        if (_incoming is { } incoming && incoming.Snapshot == snapshot)
        {
            incoming.OnWritten(upTo);
            AnswerChunk(incoming, gap: false);
        }
    }

    /// <summary>
    /// The driver has sealed a received snapshot. If it still brings news it takes the place of the log, and comes back in <see cref="Ready.Restore"/> once
    /// that is durable. Where the log holds the snapshot's last entry, it is the log that has the news: all up to there is committed.
    /// </summary>
    public void OnSnapshotStaged(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (_incoming?.Snapshot != snapshot)
        {
            return;
        }

        _incoming = null;
        if (Role == Role.Leader || snapshot.Id.Index <= _log.CommitIndex)
        {
            return;
        }

        if (_rules.MayKeepLog(_log, snapshot.Id))
        {
            CommitTo(snapshot.Id.Index);
        }
        else
        {
            _log.Install(snapshot);
            _configurations.Reset(snapshot.Configuration, snapshot.ConfigurationIndex);
            _restore = snapshot;
            _trace?.OnEvent(this, RaftTraceEvent.ApplyConfChange);
        }

        if (!Leader.IsNone)
        {
            AcknowledgeAppend(Leader, snapshot.Id.Index, readContext: 0);
        }
    }

    /// <summary>What was received of a snapshot is not what had been sent, or could not be written: it is asked for from the beginning.</summary>
    public void OnStagingFailed(SnapshotMetadata snapshot)
    {
        if (_incoming?.Snapshot == snapshot)
        {
            _incoming = null;
            AnswerChunk(new IncomingSnapshot(snapshot), gap: true);
        }
    }

    /// <summary>The driver can't read a piece, because a newer snapshot has taken the place of that one. The follower gets the newer one.</summary>
    public void OnChunkGone(in OutboundChunk chunk)
    {
        if (_progress.TryGetValue(chunk.To, out Progress? progress) && progress.Transfer?.Snapshot == chunk.Snapshot)
        {
            progress.BecomeProbe();
        }
    }

    /// <summary>
    /// Pieces come in order, and no more of them than the driver has not written yet; one that leaves a gap is refused with the offset that is wanted, and so is the rest of a snapshot that another one has replaced. A
    /// transfer that broke goes on where it was, also under the next leader, if that one sends the same snapshot.
    /// </summary>
    private void TakeChunk(in Message message)
    {
        SnapshotChunk chunk = message.Chunk!;
        if (chunk.Snapshot.Id.Index <= _log.CommitIndex)
        {
            AcknowledgeAppend(message.From, _log.CommitIndex, readContext: 0);
            return;
        }

        if (_incoming?.Snapshot != chunk.Snapshot)
        {
            _incoming = new IncomingSnapshot(chunk.Snapshot);
        }

        // A piece may overlap what is here: after a repeated transfer the pieces need not begin where they did before.
        long known = _incoming.Taken - chunk.Offset;
        bool hasRoom = _incoming.Taken - _incoming.Written < (long)_options.SnapshotChunkBytes * _options.MaxInflightSnapshotChunks;
        bool bringsNews = hasRoom && known >= 0 && !_incoming.IsComplete && (known < chunk.Data.Length || chunk.Snapshot.Size == 0);
        if (bringsNews)
        {
            _chunksReceived.Add(new SnapshotChunk(chunk.Snapshot, _incoming.Taken, chunk.Data[(int)known..]));
            _incoming.Take(chunk.Data.Length - (int)known);
        }
        else
        {
            AnswerChunk(_incoming, gap: chunk.Offset > _incoming.Taken || !hasRoom);
        }
    }

    private void AnswerChunk(IncomingSnapshot incoming, bool gap)
    {
        if (Leader.IsNone || Leader == Id)
        {
            return;
        }

        SendTermPromise(new Message
        {
            Type = MessageType.SnapshotResponse,
            From = Id,
            To = Leader,
            Term = Term,
            LogIndex = incoming.Snapshot.Id.Index,
            LogTerm = incoming.Snapshot.Id.Term,
            RejectHint = (ulong)(gap ? incoming.Taken : incoming.Written),
            Reject = gap,
        });
    }

    private void HandleSnapshotResponse(in Message message)
    {
        if (!_progress.TryGetValue(message.From, out Progress? progress))
        {
            return;
        }

        progress.RecentlyActive = true;
        if (progress.Transfer is { } transfer
            && transfer.Snapshot.Id == new LogId(message.LogTerm, message.LogIndex)
            && message.RejectHint <= (ulong)transfer.Snapshot.Size)
        {
            transfer.OnResponse((long)message.RejectHint, message.Reject);
        }
    }

    private void TickTransfers()
    {
        _chunkBudget = Math.Min(_chunkBudget, 0) + _options.SnapshotBytesPerTick;
        for (int i = 0; i < _progress.Count; i++)
        {
            Progress progress = _progress.GetValueAtIndex(i);
            if (progress.InSight)
            {
                progress.Transfer?.Tick(_options.ElectionTicks);
            }
        }
    }

    /// <summary>A member that needs entries which are gone gets the newest snapshot, once it shows a sign of life.</summary>
    private void FeedSnapshot(NodeId peer, Progress progress)
    {
        if (progress.State != ProgressState.Snapshot)
        {
            if (!progress.RecentlyActive)
            {
                return;
            }

            RaftInvariantException.Require(_log.Snapshot is not null, "entries are given up only for a snapshot");
            progress.BecomeSnapshot(new SnapshotTransfer(SnapshotFor(progress), _options.SnapshotChunkBytes, _options.MaxInflightSnapshotChunks));
        }

        for (SnapshotTransfer transfer = progress.Transfer!; transfer.CanSend && _chunkBudget > 0;)
        {
            _chunksToSend.Add(new OutboundChunk(Id, peer, Term, transfer.Snapshot, transfer.NextOffset, transfer.NextLength));
            _trace?.OnSend(this, _chunksToSend[^1].ToMessage(default));
            _chunkBudget -= transfer.NextLength;
            transfer.OnSent();
        }
    }

    /// <summary>A witness learns the place and the configuration, and no content.</summary>
    private SnapshotMetadata SnapshotFor(Progress progress)
        => progress.IsWitness ? _log.Snapshot! with { Size = 0, Checksum = 0 } : _log.Snapshot!;

    private void TakeSnapshotWork(Ready ready)
    {
        ready.ChunkSendList.AddRange(_chunksToSend);
        ready.ChunkReceiveList.AddRange(_chunksReceived);
        _chunksToSend.Clear();
        _chunksReceived.Clear();
        if (_restore is not null && _restoreWrite > 0 && _restoreWrite <= _persistedSequence)
        {
            ready.Restore = _restore;
            _restore = null;
            _restoreWrite = 0;
        }
    }

    /// <summary>Pieces that can't be right: from a broken or a lying peer.</summary>
    private static bool IsPlausible(SnapshotChunk? chunk, ulong term)
        => chunk is { Offset: >= 0, Snapshot: { Size: >= 0, Configuration.IsEmpty: false } snapshot }
            && snapshot.Id is { Index: > 0 and <= MaxIndex, Term: > 0 }
            && snapshot.Id.Term <= term
            && snapshot.ConfigurationIndex <= snapshot.Id.Index
            && chunk.Offset <= snapshot.Size - chunk.Data.Length
            && (chunk.Data.Length > 0 || snapshot.Size == 0);
}
