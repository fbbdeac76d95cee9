using Raft.Core.Quorums;
using Raft.Core.Replication;

namespace Raft.Core.Consensus;

// Linearizable reads without a log entry: thesis, section 6.4 (ReadIndex).
public sealed partial class RaftCore
{
    private readonly Queue<ReadState> _reads = new();
    private readonly Queue<ulong> _earlyReads = new();
    private readonly List<ReadState> _confirmedReads = [];
    private ulong _newestRead;

    /// <summary>
    /// Begins a read round on the leader. Its number comes back in <see cref="Ready.Reads"/> once a majority has confirmed, by heartbeats sent after this
    /// call, that this node still leads; never, when it stops leading first.
    /// </summary>
    /// <returns>The round's number, never used twice in a term; 0 when this node does not lead.</returns>
    public ulong RequestRead()
    {
        if (Role != Role.Leader)
        {
            return 0;
        }

        ulong context = ++_newestRead;
        if (_log.CommitIndex < _termStart)
        {
            _earlyReads.Enqueue(context);
        }
        else
        {
            StartRead(context);
        }

        return context;
    }

    /// <summary>A new leader does not know what is committed before it has committed in its own term; reads wait for that.</summary>
    private void StartReads()
    {
        while (_earlyReads.TryDequeue(out ulong context))
        {
            StartRead(context);
        }
    }

    private void StartRead(ulong context)
    {
        _reads.Enqueue(new ReadState(context, _log.CommitIndex));
        _heartbeatDue = true;
        ReleaseReads();
    }

    /// <summary>A confirmation of a round confirms every earlier one: the heartbeat was sent after all of them began.</summary>
    private void ReleaseReads()
    {
        if (_reads.Count == 0)
        {
            return;
        }

        ulong confirmed = JointQuorum.CommittedIndex(
            Configuration,
            static (core, id) => id == core.Id ? core._newestRead : core._progress.TryGetValue(id, out Progress? progress) ? progress.ReadContext : 0,
            this);
        while (_reads.TryPeek(out ReadState read) && read.Context <= confirmed)
        {
            _confirmedReads.Add(_reads.Dequeue());
        }
    }

    private void TakeReads(Ready ready)
    {
        ready.ReadList.AddRange(_confirmedReads);
        _confirmedReads.Clear();
    }

    private void ClearReads()
    {
        _reads.Clear();
        _earlyReads.Clear();
        _confirmedReads.Clear();
        _newestRead = 0;
    }
}
