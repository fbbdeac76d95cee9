using Raft.Core.Consensus;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>One stretch of this node's leadership in one term, watched until it ends.</summary>
internal sealed class LeadershipSession : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost;
    private readonly Task _watch;

    private LeadershipSession(IRaft raft, ulong term, TimeSpan checkInterval, TimeProvider time, CancellationToken stoppingToken)
    {
        Term = term;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _watch = WatchAsync(raft, checkInterval, time);
    }

    /// <summary>The term that this node leads in.</summary>
    public ulong Term { get; }

    /// <summary>Cancelled when the leadership is lost, or the process stops.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Waits until this node leads; <c>null</c> when it has stopped and never will.</summary>
    public static async Task<LeadershipSession?> WaitAsync(IRaft raft, TimeSpan checkInterval, TimeProvider time, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(checkInterval, time);
        do
        {
            RaftStatus status = raft.Status;
            if (raft.Completion.IsCompleted)
            {
                return null;
            }

            if (status.Role == Role.Leader)
            {
                return new LeadershipSession(raft, status.Term, checkInterval, time, stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _lost.Dispose();
    }

    private async Task WatchAsync(IRaft raft, TimeSpan checkInterval, TimeProvider time)
    {
        using var timer = new PeriodicTimer(checkInterval, time);
        using CancellationTokenRegistration stop = _lost.Token.Register(timer.Dispose);
        while (await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            RaftStatus status = raft.Status;
            if (status.Role != Role.Leader || status.Term != Term || raft.Completion.IsCompleted)
            {
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
