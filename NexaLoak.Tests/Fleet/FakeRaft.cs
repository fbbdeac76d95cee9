using NexaLoak.Orchestrator.Protos;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Node.Events;

namespace NexaLoak.Tests.Fleet;

/// <summary>An <see cref="IRaft"/> that commits at once while it is the log's leader. Its status is whatever the test says, right or wrong.</summary>
internal sealed class FakeRaft : IRaft
{
    private readonly FakeLog _log;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RaftStatus _status;
    private int _barriers;
    private int _forwarded;

    public FakeRaft(FakeLog log, ulong id = 1)
    {
        _log = log;
        Id = new NodeId(id);
        _status = new RaftStatus
        {
            Id = Id,
            Role = Role.Follower,
            Term = 0,
            Leader = NodeId.None,
            LastIndex = 0,
            CommitIndex = 0,
            AppliedIndex = 0,
            Configuration = new ClusterConfiguration([Id]),
        };
    }

    public NodeId Id { get; }

    public RaftStatus Status => Volatile.Read(ref _status);

    public Task Completion => _completion.Task;

    public CancellationToken LeadershipToken => new(canceled: _log.Leader != this);

    /// <summary>Called before each barrier is answered; throws to refuse it.</summary>
    public Action OnBarrier { get; set; } = () => { };

    /// <summary>Called after each command is applied; throws to lose the answer.</summary>
    public Action<Command> OnCommitted { get; set; } = _ => { };

    /// <summary>Drops what is forwarded, as a network may.</summary>
    public bool LosesForwarded { get; set; }

    public int Forwarded => Volatile.Read(ref _forwarded);

    public int Barriers => Volatile.Read(ref _barriers);

    /// <summary>Wins an election.</summary>
    public void Lead(ulong term, TimeSpan leadingFor = default, params PeerStatus[] peers)
    {
        _log.Leader = this;
        Show(Role.Leader, term, leadingFor, peers);
    }

    /// <summary>Changes the status only.</summary>
    public void Show(Role role, ulong term, TimeSpan leadingFor = default, params PeerStatus[] peers) => Volatile.Write(
        ref _status, Status with { Role = role, Term = term, LeadingFor = leadingFor, Peers = peers });

    public void Stop() => _completion.SetResult();

    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default)
    {
        if (_log.Leader != this)
        {
            throw new NotLeaderException(NodeId.None);
        }

        ulong term = Status.Term;
        (ulong index, ReadOnlyMemory<byte> reply) = _log.Append(term, command);
        OnCommitted(Command.Parser.ParseFrom(command.Span));
        return ValueTask.FromResult(new ProposalResult(term, index, reply));
    }

    public ValueTask TransferLeadershipAsync(NodeId target = default, CancellationToken cancellationToken = default)
        => throw new LeadershipTransferException("There is no other voter to lead.");

    public bool TryForward(ReadOnlyMemory<byte> command)
    {
        if (_log.Leader is not { } leader)
        {
            return false;
        }

        Interlocked.Increment(ref _forwarded);
        if (!LosesForwarded)
        {
            _log.Append(leader.Status.Term, command);
        }

        return true;
    }

    public IAsyncEnumerable<RaftEvent> WatchAsync(CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<RaftEvent>();

    public ValueTask<ClusterConfiguration> ChangeMembershipAsync(ConfigurationChange change, ulong? expectedIndex, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default)
    {
        OnBarrier();
        if (_log.Leader != this)
        {
            throw new NotLeaderException(NodeId.None);
        }

        Interlocked.Increment(ref _barriers);
        return ValueTask.CompletedTask;
    }
}
