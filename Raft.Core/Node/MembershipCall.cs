using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>A change of the membership that somebody waits for. It takes two steps where new voters have to catch up as learners first.</summary>
internal sealed class MembershipCall(ConfigurationChange change, ulong? expectedIndex, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<ClusterConfiguration> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConfigurationChange Change { get; } = change;

    /// <summary>The step that is proposed, or is to be.</summary>
    public ConfigurationChange Step { get; private set; } = change;

    public ulong? ExpectedIndex { get; private set; } = expectedIndex;

    /// <summary>The first entry of the step; none while it waits for learners to catch up.</summary>
    public LogId Id { get; set; }

    public bool IsWaiting => Id == default;

    public bool IsLastStep => Step == Change;

    /// <summary>The new voters of the change are learners already.</summary>
    public bool HasAddedLearners { get; private set; }

    /// <summary>Nobody wants the change any more.</summary>
    public bool IsCancelled => cancellation.IsCancellationRequested;

    public Task<ClusterConfiguration> Task => _done.Task.WaitAsync(cancellation);

    /// <summary>The nodes that the change makes voters of, and that are no members yet, become learners before it.</summary>
    public void AddLearnersFirst(ClusterConfiguration current)
    {
        foreach (ConfigurationOperation operation in Change.Operations)
        {
            if (operation.Kind == ConfigurationOperationKind.AddVoter && !current.Contains(operation.Id))
            {
                Step = (IsLastStep ? ConfigurationChange.Empty : Step).AddLearner(operation.Id, operation.Address);
            }
        }
    }

    /// <summary>The learners are members by the entry at an index; the change itself comes next.</summary>
    public void OnLearnersAdded(ulong configurationIndex)
    {
        (Step, HasAddedLearners) = (Change, true);
        WaitFrom(configurationIndex);
    }

    /// <summary>The step waits for learners to catch up, for as long as the configuration stays the one of that entry.</summary>
    public void WaitFrom(ulong configurationIndex) => (Id, ExpectedIndex) = (default, configurationIndex);

    public void Complete(ClusterConfiguration configuration) => _done.TrySetResult(configuration);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
