using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Storage;

namespace Raft.Jepsen.Simulation;

// What the driver of one node does with snapshots: its own, those it sends, and those it receives.
internal sealed partial class SimulatedCluster
{
    /// <summary>The state is captured at once; that it is on the disk takes a while.</summary>
    private void SaveSnapshotIfDue(SimulatedNode node)
    {
        HashStateMachine machine = node.StateMachine;
        ulong newest = Math.Max(node.Core!.Snapshot?.Id.Index ?? 0, node.AbandonedAt);
        if (_plan.SnapshotEntries == 0 || node.Saving is not null || machine.AppliedIndex < newest + (ulong)_plan.SnapshotEntries)
        {
            return;
        }

        _invariants.OnSaving(node);
        byte[] content = machine.Save(_plan.SnapshotPadding);
        LogId id = node.Disk.Issued[machine.AppliedIndex].Entry.Id;
        uint checksum = SimulatedDisk.Checksum(content);
        node.Saving = (new SnapshotMetadata(id, machine.Configuration, machine.ConfigurationIndex, content.Length, checksum), content);
        _scheduler.In(DiskTime(node), new SimulationEvent(EventKind.SnapshotSaved, node.Position, node.Incarnation, 0));
        if (_mutant.ReportsSnapshotsAtOnce)
        {
            node.Core.OnSnapshotSaved(node.Saving.Value.Snapshot);
        }
    }

    private void SnapshotSaved(SimulatedNode node)
    {
        (SnapshotMetadata snapshot, byte[] content) = node.Saving!.Value;
        node.Saving = null;
        if (IsFull(node))
        {
            Count(Occurrence.SnapshotAbandonedOnFullDisk);
            node.AbandonedAt = snapshot.Id.Index;
            return;
        }

        node.Disk.Seal(snapshot, content);
        Count(Occurrence.SnapshotTaken);
        if (_trace is not null)
        {
            Note(node, $"has a snapshot at {snapshot.Id}");
        }

        node.Core!.OnSnapshotSaved(snapshot);
        AfterInput(node);
    }

    private void MoveBase(SimulatedNode node, LogId newBase)
    {
        LogImage log = node.Disk.Issued;
        bool keepsSuffix = newBase.Index <= log.LastIndex && log[newBase.Index].Entry.Id == newBase;
        _invariants.OnBaseMoving(node, newBase, keepsSuffix);
        if (keepsSuffix)
        {
            Count(Occurrence.LogCompacted);
            Raise(TriggerPoint.LogCompacted);
        }
        else if (log.LastIndex > node.SeenCommit)
        {
            Count(Occurrence.SnapshotInstalledOverConflictingLog);
        }

        log.MoveBase(newBase, _committed);
    }

    private void CarryChunks(SimulatedNode node, Ready ready)
    {
        foreach (OutboundChunk chunk in ready.ChunksToSend)
        {
            SendChunk(node, chunk);
        }

        foreach (SnapshotChunk chunk in ready.ChunksReceived)
        {
            StageChunk(node, chunk);
        }
    }

    private void SendChunk(SimulatedNode node, in OutboundChunk chunk)
    {
        byte[]? content = chunk.Snapshot.Size == 0 ? [] : node.Disk.ContentOf(chunk.Snapshot);
        if (content is null)
        {
            Count(Occurrence.SnapshotGoneWhileSent);
            node.Core!.OnChunkGone(chunk);
            return;
        }

        if (chunk.Offset == 0)
        {
            Count(Occurrence.SnapshotOffered);
            Raise(TriggerPoint.SnapshotOffered);
        }

        Send(node, new OutboundMessage(chunk.ToMessage(content.AsMemory((int)chunk.Offset, chunk.Length)), AfterWrite: 0));
    }

    private void StageChunk(SimulatedNode node, SnapshotChunk chunk)
    {
        if (chunk.Offset == 0)
        {
            node.Staged = new StagedSnapshot(chunk.Snapshot);
        }

        if (node.Staged is not { } staged)
        {
            return;
        }

        if (staged.Snapshot != chunk.Snapshot || staged.Content.Count != chunk.Offset)
        {
            throw new PropertyViolationException("driver", $"node {node.Id} gets a piece of a snapshot that does not follow the one before");
        }

        staged.Content.AddRange(chunk.Data.Span);
        if (chunk.Offset <= chunk.Snapshot.Size / 2 && staged.Content.Count > chunk.Snapshot.Size / 2)
        {
            Raise(TriggerPoint.SnapshotHalfReceived);
        }

        node.StagedWrites.Enqueue((staged, staged.Content.Count));
        node.StagingBusyUntil = Math.Max(node.StagingBusyUntil, _scheduler.Now + DiskTime(node));
        _scheduler.At(node.StagingBusyUntil, new SimulationEvent(EventKind.ChunkWritten, node.Position, node.Incarnation, 0));
    }

    /// <summary>A snapshot whose last piece has come is sealed, also when the core began to take it anew meanwhile.</summary>
    private void ChunkWritten(SimulatedNode node)
    {
        (StagedSnapshot staged, long upTo) = node.StagedWrites.Dequeue();
        node.Core!.OnChunkWritten(staged.Snapshot, upTo);
        if (upTo == staged.Snapshot.Size)
        {
            Staged(node, staged);
        }

        AfterInput(node);
    }

    private void Staged(SimulatedNode node, StagedSnapshot staged)
    {
        node.Staged = node.Staged == staged ? null : node.Staged;
        byte[] content = [.. staged.Content];
        bool damaged = !_healing && node.DriverRandom.Chance(_plan.StagingFailure);
        if (damaged || IsFull(node) || SimulatedDisk.Checksum(content) != staged.Snapshot.Checksum)
        {
            Count(Occurrence.SnapshotStagingFailed);
            node.Core!.OnStagingFailed(staged.Snapshot);
            return;
        }

        node.Disk.Seal(staged.Snapshot, content);
        Raise(TriggerPoint.SnapshotStaged);
        if (node.Core!.TermAt(staged.Snapshot.Id.Index) == staged.Snapshot.Id.Term)
        {
            Count(Occurrence.SnapshotOvertakenByLog);
        }

        node.Core!.OnSnapshotStaged(staged.Snapshot);
    }

    private void RestoreStateMachine(SimulatedNode node, SnapshotMetadata snapshot)
    {
        byte[] content = node.Disk.ContentOf(snapshot)
            ?? throw new PropertyViolationException("S21 compaction safety", $"node {node.Id} needs a snapshot at {snapshot.Id}, and has none");
        node.StateMachine.Restore(snapshot, content);
        if (_mutant.ForgetsSessions)
        {
            node.StateMachine.ForgetSessions();
        }

        _invariants.OnRestored(node, snapshot);
        if (_trace is not null)
        {
            Note(node, $"restores a snapshot at {snapshot.Id}");
        }
    }

    private void LoseSnapshotWork(SimulatedNode node)
    {
        if (node.Staged is not null)
        {
            Count(Occurrence.SnapshotTransferInterrupted);
        }

        node.Saving = null;
        node.AbandonedAt = 0;
        node.Staged = null;
        node.StagedWrites.Clear();
        node.StagingBusyUntil = 0;
    }

    private long DiskTime(SimulatedNode node)
        => (_healing ? node.DiskRandom.Between(100, 1_000) : node.DiskRandom.Wait(_plan.DiskDelay)) + node.DiskExtra;
}
