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
        var call = new MembershipCall(change, expectedIndex);
        if (!_mailbox.TryPost(NodeInput.OfChange(call)))
        {
            throw Refusal();
        }

        return await call.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Change(MembershipCall call)
    {
        ConfigurationStatus status = _core.ProposeConfiguration(call.Change, call.ExpectedIndex, out Log.LogId id);
        switch (status)
        {
            case ConfigurationStatus.Appended:
                call.Id = id;
                _changes.Add(call);
                break;
            case ConfigurationStatus.NotLeader:
                call.Fail(new NotLeaderException(_core.Leader));
                break;
            default:
                call.Fail(new MembershipChangeException(status, ReasonFor(status, call)));
                break;
        }
    }

    private string ReasonFor(ConfigurationStatus status, MembershipCall call) => status switch
    {
        ConfigurationStatus.LeadershipTransfer => "The leader hands its leadership over; ask the next one.",
        ConfigurationStatus.NoCommitInTerm => "The leader has committed nothing in its term yet; try again in a moment.",
        ConfigurationStatus.ChangeInFlight => "Another change of the membership is not finished yet.",
        ConfigurationStatus.IndexMismatch
            => $"The configuration in force is that of entry {_core.ConfigurationIndex}, not that of {call.ExpectedIndex}: somebody else has changed it.",
        ConfigurationStatus.LearnerLags => "A learner that shall vote has not caught up yet; try again when it has.",
        _ => ConfigurationChanger.Apply(_core.Configuration, call.Change, out _)?.Message ?? "The change is not possible.",
    };

    /// <summary>
    /// A change is done when a configuration at or behind its entry is committed and not joint. When the term of its entry is over before, nobody here knows
    /// what becomes of it; a leader that removed itself has seen it committed.
    /// </summary>
    private void EndChanges()
    {
        if (_changes.Count == 0)
        {
            return;
        }

        bool isSettled = _core.IsConfigurationCommitted && !_core.Configuration.IsJoint;
        foreach (MembershipCall call in _changes.ToArray())
        {
            bool isOver = _core.Role != Role.Leader || _core.Term != call.Id.Term;
            if (isSettled && _core.ConfigurationIndex >= call.Id.Index && (_core.TermAt(call.Id.Index) ?? call.Id.Term) == call.Id.Term)
            {
                call.Complete(_core.Configuration);
            }
            else if (isOver)
            {
                call.Fail(new OutcomeUnknownException("The node lost leadership before the change was committed; it may or may not come into force."));
            }
            else
            {
                continue;
            }

            _changes.Remove(call);
        }
    }
}
