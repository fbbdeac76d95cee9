using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Invariants;

/// <summary>S19: a command that is called done is committed, and one that is called failed never will be.</summary>
internal sealed class ReplyTruth(CommittedHistory committed) : IReplyObserver, ICommitObserver
{
    private readonly HashSet<LogId> _failed = [];
    private readonly HashSet<ulong> _refused = [];
    private ulong _seen;

    public void OnAcknowledged(SimulatedNode node, LogId id)
    {
        if (id.Index > committed.LastIndex || committed[id.Index].Entry.Term != id.Term)
        {
            throw new PropertyViolationException("S19 reply truth", $"node {node.Id} calls {id} done, and it is not committed");
        }
    }

    public void OnFailed(SimulatedNode node, LogId id)
    {
        _failed.Add(id);
        if (id.Index <= committed.LastIndex && committed[id.Index].Entry.Term == id.Term)
        {
            throw new PropertyViolationException("S19 reply truth", $"node {node.Id} calls {id} failed, and it is committed");
        }
    }

    public void OnRefused(ulong value) => _refused.Add(value);

    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        for (; _seen < committed.LastIndex && node.Disk.Issued.LastIndex > _seen; _seen++)
        {
            Entry entry = node.Disk.Issued[_seen + 1].Entry;
            bool isRefused = entry.Type == EntryType.Command && _refused.Contains(BinaryPrimitives.ReadUInt64LittleEndian(entry.Payload.Span));
            if (isRefused || _failed.Contains(entry.Id))
            {
                throw new PropertyViolationException("S19 reply truth", $"{entry.Id} is committed, and its client was told that it failed");
            }
        }
    }
}
