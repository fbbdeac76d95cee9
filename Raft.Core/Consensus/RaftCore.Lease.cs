namespace Raft.Core.Consensus;

// Lease reads: thesis, section 6.4.1. Why a leader within its lease is the only one:
//   - Whoever confirms a read round has heard from the leader after the round began, and from then on neither votes nor campaigns for an election timeout of
//     its own monotonic clock: not for another candidate, whatever its term, and not for itself, whatever the ticks, the driver or a forgotten leader say.
//     The promise is kept by the time of the contact alone, so it survives a change of term, of leader and of role.
//   - A crash forgets the promise, so a node that starts acts as if it had made one just then.
//   - Two majorities share a member, of both halves in a joint configuration; so no other leader is elected until that time has passed on its clock. The
//     lease is that time, counted from the start of the round on the leader's clock and shortened by how much faster the other clock may run.
//   - The one exception is a campaign that the leader itself asks for. It reads by lease neither during a transfer nor ever again in a term in which it sent
//     TimeoutNow: the message may arrive at any time. Its target's votes count in the next term only, so no later leader is affected.
public sealed partial class RaftCore
{
    private long? _now;
    private long _heardAt;
    private long? _leaseBegun;
    private bool _leaseForfeited;

    /// <summary>
    /// Tells the time. For <see cref="RaftOptions.LeaseReads"/> the driver must call it before every input, with a time that it read after it took the input
    /// from wherever the input waited: a message must not seem older than it is, and a lease read is as old as this time. Then a pause of the process, at
    /// whatever point, makes no promise too short and no read stale.
    /// </summary>
    /// <param name="microseconds">A monotonic clock that runs on while the process is paused. Where it begins does not matter.</param>
    public void AdvanceTime(long microseconds)
    {
        RaftInvariantException.Require(_now is null || microseconds >= _now, "a monotonic clock never goes back");
        if (_now is null)
        {
            _heardAt = microseconds;
        }

        _now = microseconds;
    }

    /// <summary>
    /// Reads without any message, on a leader that a quorum confirmed so lately that nobody else can lead yet. The read must have arrived before the time of
    /// the last <see cref="AdvanceTime"/>; it is served once <paramref name="index"/> is applied. When it returns false, <see cref="RequestRead"/> is the way.
    /// </summary>
    public bool TryLeaseRead(out ulong index)
    {
        index = _log.CommitIndex;
        bool isOpen = _options.LeaseReads && Role == Role.Leader && _log.CommitIndex >= _termStart && TransferTarget.IsNone && !_leaseForfeited;
        return isOpen && _now - _leaseBegun < _options.LeaseMicroseconds;
    }

    /// <summary>True while this node owes a leader, or may have owed one before it started, that it helps no other to be elected.</summary>
    private bool HasPromised => _options.LeaseReads && (_now is null || _now - _heardAt < _options.ElectionMicroseconds);

    /// <summary>A round of its own with each heartbeat keeps the lease without readers.</summary>
    private void BeginLeaseRound()
    {
        if (_options.LeaseReads && _log.CommitIndex >= _termStart)
        {
            BeginRound(new ReadRound(++_newestRead, 0, default, 0, _now));
        }
    }

    private void RenewLease(in ReadRound round) => _leaseBegun = round.Begun;

    private void EndLease()
    {
        _leaseBegun = null;
        _leaseForfeited = false;
    }
}
