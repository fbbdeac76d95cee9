using System.Collections.Concurrent;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Events;

namespace NexaLoak.Tests.Sessions;

/// <summary>A node whose next answers are laid down; when none are left it commits and applies at once.</summary>
internal sealed class ScriptedRaft : IRaft
{
    private readonly Lock _gate = new();

    public SessionReplica Replica { get; } = new();

    /// <summary>What happens to the next attempts, each given the way to carry it out.</summary>
    public ConcurrentQueue<Func<Func<byte[]>, Task<byte[]>>> Script { get; } = new();

    public int Attempts { get; private set; }

    public NodeId Id => new(1);

    public RaftStatus Status => throw new NotSupportedException();

    public Task Completion => throw new NotSupportedException();

    public CancellationToken LeadershipToken => throw new NotSupportedException();

    public static Task<byte[]> LoseReply(Func<byte[]> apply)
    {
        apply();
        throw new OutcomeUnknownException("the reply was lost");
    }

    public static Task<byte[]> LoseCommand(Func<byte[]> apply) => throw new OutcomeUnknownException("the command was lost");

    public static Func<Func<byte[]>, Task<byte[]>> Refuse(ulong leader) => _ => throw new NotLeaderException(new NodeId(leader));

    public IAsyncEnumerable<RaftEvent> WatchAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Attempts++;
        }

        byte[] Apply()
        {
            lock (_gate)
            {
                return Replica.Apply(command.ToArray());
            }
        }

        byte[] reply = Script.TryDequeue(out var next) ? await next(Apply).WaitAsync(cancellationToken) : Apply();
        return new ProposalResult(1, 1, reply);
    }

    public bool TryForward(ReadOnlyMemory<byte> command) => throw new NotSupportedException();

    public ValueTask TransferLeadershipAsync(NodeId target = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<ClusterConfiguration> ChangeMembershipAsync(ConfigurationChange change, ulong? expectedIndex, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
