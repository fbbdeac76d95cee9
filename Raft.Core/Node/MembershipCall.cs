using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>A change of the membership that somebody waits for.</summary>
internal sealed class MembershipCall(ConfigurationChange change, ulong? expectedIndex)
{
    private readonly TaskCompletionSource<ClusterConfiguration> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConfigurationChange Change => change;

    public ulong? ExpectedIndex => expectedIndex;

    /// <summary>The first entry of the change, once the leader has appended it.</summary>
    public LogId Id { get; set; }

    public Task<ClusterConfiguration> Task => _done.Task;

    public void Complete(ClusterConfiguration configuration) => _done.TrySetResult(configuration);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
