using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

// Changes of the membership, from the caller to the committed configuration.
public sealed partial class RaftNode
{
    private readonly List<MembershipCall> _changes = [];

    /// <inheritdoc/>
    public async ValueTask<ClusterConfiguration> ChangeMembershipAsync(
        ConfigurationChange change, ulong? expectedIndex = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        cancellationToken.ThrowIfCancellationRequested();
        var call = new MembershipCall(change, expectedIndex, cancellationToken);
        if (!_mailbox.TryPost(NodeInput.OfChange(call)))
        {
            throw Refusal();
        }

        return await call.Task.ConfigureAwait(false);
    }

    private void Change(MembershipCall call)
    {
        if (ConfigurationChanger.Apply(_core.Configuration, call.Change, out _) is null)
        {
            call.AddLearnersFirst(_core.Configuration);
        }

        if (Propose(call))
        {
            _changes.Add(call);
        }
    }

    /// <summary>Changes whose learners had to catch up go on when they have.</summary>
    private void ContinueChanges()
    {
        if (_changes.Count > 0)
        {
            _changes.RemoveAll(call => call.IsWaiting && (call.IsCancelled || !Propose(call)));
        }
    }

    /// <summary>Proposes the call's step. Returns false when that ended the call.</summary>
    private bool Propose(MembershipCall call)
    {
        ConfigurationStatus status = _core.ProposeConfiguration(call.Step, call.ExpectedIndex, out Log.LogId id);
        switch (status)
        {
            case ConfigurationStatus.Appended:
                call.Id = id;
                return true;
            case ConfigurationStatus.LearnerLags:
                call.WaitFrom(_core.ConfigurationIndex);
                return true;
            case ConfigurationStatus.ChangeInFlight or ConfigurationStatus.NoCommitInTerm or ConfigurationStatus.LeadershipTransfer when _changes.Contains(call):
                return true;
            case ConfigurationStatus.NotLeader:
                call.Fail(call.HasAddedLearners
                    ? new OutcomeUnknownException("The node lost leadership while new voters caught up. They are learners; ask the next leader to make them voters.")
                    : new NotLeaderException(_core.Leader));
                return false;
            default:
                call.Fail(new MembershipChangeException(status, ReasonFor(status, call)));
                return false;
        }
    }

    private string ReasonFor(ConfigurationStatus status, MembershipCall call) => status switch
    {
        ConfigurationStatus.LeadershipTransfer => "The leader hands its leadership over; ask the next one.",
        ConfigurationStatus.NoCommitInTerm => "The leader has committed nothing in its term yet; try again in a moment.",
        ConfigurationStatus.ChangeInFlight => "Another change of the membership is not finished yet.",
        ConfigurationStatus.IndexMismatch
            => $"The configuration in force is that of entry {_core.ConfigurationIndex}, not that of {call.ExpectedIndex}: somebody else has changed it.",
        _ => ConfigurationChanger.Apply(_core.Configuration, call.Change, out _)?.Message ?? "The change is not possible.",
    };

    /// <summary>
    /// A change is done when a configuration at or behind its entry is committed and not joint. When the term of its entry is over before, nobody here knows
    /// what becomes of it; a leader that removed itself has seen it committed.
    /// </summary>
    private void EndChanges()
    {
        if (_changes.Count > 0)
        {
            _changes.RemoveAll(call => !call.IsWaiting && HasEnded(call));
        }
    }

    private bool HasEnded(MembershipCall call)
    {
        bool isSettled = _core.IsConfigurationCommitted && !_core.Configuration.IsJoint;
        bool isOver = _core.Role != Role.Leader || _core.Term != call.Id.Term;
        bool isDone = isSettled && _core.ConfigurationIndex >= call.Id.Index && (_core.TermAt(call.Id.Index) ?? call.Id.Term) == call.Id.Term;
        if (isDone && call.IsLastStep)
        {
            call.Complete(_core.Configuration);
        }
        else if (isDone)
        {
            call.OnLearnersAdded(_core.ConfigurationIndex);
            return false;
        }
        else if (isOver)
        {
            call.Fail(new OutcomeUnknownException("The node lost leadership before the change was committed; it may or may not come into force."));
        }

        return isDone || isOver;
    }
}
