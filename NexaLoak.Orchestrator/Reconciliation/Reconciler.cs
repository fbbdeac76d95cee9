using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>
/// While this node leads, keeps the domain in line with the fleet. Without a leader nobody writes, and the domain stays as it is.
/// </summary>
internal sealed partial class Reconciler : BackgroundService
{
    private readonly IRaft _raft;
    private readonly FleetState _state;
    private readonly FleetProposer _proposer;
    private readonly ReconcilerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Reconciler> _logger;
    private readonly DomainReporter _reporter;
    private readonly ReconcileRound _round;

    /// <summary>Creates the service.</summary>
    public Reconciler(
        IRaft raft,
        FleetState state,
        FleetProposer proposer,
        IServiceDomain domain,
        ReconcilerOptions options,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _raft = raft;
        _state = state;
        _proposer = proposer;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<Reconciler>();
        _reporter = new DomainReporter(state, proposer);
        var client = new DomainClient(domain, raft, options, time);
        var executor = new OperationExecutor(state, proposer, client, options, loggers.CreateLogger<OperationExecutor>());
        _round = new ReconcileRound(state, proposer, client, executor, _reporter, options, loggers.CreateLogger<ReconcileRound>());
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await LeadershipSession.WaitAsync(_raft, _options.LeadershipCheckInterval, _time, stoppingToken).ConfigureAwait(false) is { } session)
        {
            await using (session.ConfigureAwait(false))
            {
                try
                {
                    await LeadAsync(session).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (session.Lost.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
                {
                    LogLost(session.Term);
                }
                catch (RaftStoppedException)
                {
                    return;
                }
            }
        }
    }

    private async Task LeadAsync(LeadershipSession session)
    {
        // A write of the previous leader may arrive as late as its time limit allows; look again after that.
        TimeSpan late = _options.RequestTimeout + _options.MaxConfirmationAge;
        TimeSpan relist = late < _options.RelistInterval ? late : _options.RelistInterval;
        uint failures = 0;
        while (true)
        {
            try
            {
                RoundResult result = await RunRoundAsync(session, failures).ConfigureAwait(false);
                failures = result.Failure is null ? 0 : failures + 1;
                if (result.Content is { } content)
                {
                    await WaitForWorkAsync(content, relist, session).ConfigureAwait(false);
                    relist = _options.RelistInterval;
                }
            }
            catch (Exception exception) when (exception is NotLeaderException or ProposalDroppedException or OutcomeUnknownException
                or CommandRefusedException)
            {
                LogInterrupted(exception.Message);
                await Task.Delay(_options.RetryInterval, _time, session.Lost).ConfigureAwait(false);
            }
        }
    }

    private async Task<RoundResult> RunRoundAsync(LeadershipSession session, uint failures)
    {
        // Decisions build on everything that earlier leaders committed.
        await _raft.ReadBarrierAsync(ReadConsistency.Leader, session.Lost).ConfigureAwait(false);
        RoundResult result = await _round.RunAsync(session.Term, session.Lost).ConfigureAwait(false);
        if (result.Failure is { } failure)
        {
            TimeSpan delay = RetryDelay.After(failure, failures + 1, _options);
            LogFailure(failure, delay);
            await _reporter.ReportErrorAsync(failure.Message, session.Term, session.Lost).ConfigureAwait(false);
            await Task.Delay(delay, _time, session.Lost).ConfigureAwait(false);
        }

        return result;
    }

    private async Task WaitForWorkAsync(DomainContent content, TimeSpan relist, LeadershipSession session)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(session.Lost);
        Task alarm = Task.Delay(_round.UntilRetry(session.Term) is { } retry && retry < relist ? retry : relist, _time, due.Token);
        // The loss wakes this loop from within its own cancellation, when the alarm is not told yet: without a look at it the loop would spin.
        while (!alarm.IsCompleted && !session.Lost.IsCancellationRequested)
        {
            FleetView view = _state.View;
            if (_round.HasWork(content, session.Term))
            {
                break;
            }

            await Task.WhenAny(alarm, _state.WaitForChangeAsync(view.AppliedIndex, due.Token)).ConfigureAwait(false);
        }

        session.Lost.ThrowIfCancellationRequested();
        await due.CancelAsync().ConfigureAwait(false);
    }

    private void LogFailure(DnsException failure, TimeSpan delay)
    {
        if (failure.Failure is DnsFailure.Transient or DnsFailure.RateLimited)
        {
            LogRetry(failure.Message, delay.TotalSeconds);
        }
        else
        {
            LogHelpNeeded(failure.Message, delay.TotalSeconds);
        }
    }

    [LoggerMessage(LogLevel.Information, "No longer the leader of term {Term}: the domain is left to the next one.")]
    private partial void LogLost(ulong term);

    [LoggerMessage(LogLevel.Information, "Reconciling the domain was interrupted: {Reason}")]
    private partial void LogInterrupted(string reason);

    [LoggerMessage(LogLevel.Warning, "The domain can't be reconciled now: {Reason} Next try in {Seconds:0.#} s.")]
    private partial void LogRetry(string reason, double seconds);

    [LoggerMessage(LogLevel.Error, "The domain can't be reconciled until an operator helps: {Reason} Next try in {Seconds:0.#} s.")]
    private partial void LogHelpNeeded(string reason, double seconds);
}
