using System.Collections.Immutable;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>One pass over the domain: list, settle what was left open, then plan and make one change at a time until none is left.</summary>
internal sealed partial class ReconcileRound(
    FleetState state,
    FleetProposer proposer,
    DomainClient client,
    OperationExecutor executor,
    DomainReporter reporter,
    ReconcilerOptions options,
    ILogger<ReconcileRound> logger)
{
    private string _told = "";

    /// <summary>Runs the pass as the leader of <paramref name="term"/>.</summary>
    public async Task<RoundResult> RunAsync(ulong term, CancellationToken lost)
    {
        try
        {
            DomainContent content = await client.ListAsync(lost).ConfigureAwait(false);
            await executor.SettleAsync(content, Plan(content, term, []), term, lost).ConfigureAwait(false);
            return await ChangeAsync(content, term, lost).ConfigureAwait(false);
        }
        catch (DnsException failure)
        {
            return RoundResult.Failed(failure);
        }
    }

    /// <summary>True when the state has changed such that a content that was settled no longer is.</summary>
    public bool HasWork(DomainContent content, ulong term)
    {
        DomainPlan plan = Plan(content, term);
        return !plan.Changes.IsEmpty || FleetRules.ToText(plan.Frozen) != state.View.Fleet.Domain.Frozen;
    }

    /// <summary>Time until the first of the failed changes is due again, or <c>null</c> when none waits.</summary>
    public TimeSpan? UntilRetry(ulong term)
    {
        long? first = Waiting(term).Min(operation => (long?)operation.RetryUnixMs);
        return first is { } due ? TimeSpan.FromMilliseconds(Math.Max(1, due - proposer.NowUnixMs)) : null;
    }

    private async Task<RoundResult> ChangeAsync(DomainContent content, ulong term, CancellationToken lost)
    {
        while (true)
        {
            DomainPlan plan = Plan(content, term);
            Tell(plan);
            if (plan.Changes.IsEmpty)
            {
                await reporter.ReportContentAsync(content, plan.Frozen, term, lost).ConfigureAwait(false);
                return RoundResult.Settled(content);
            }

            // Planned anew for each change: the fleet may have changed while the last one was made.
            DomainChange change = plan.Changes[0];
            if (change.Record?.Id == DomainContent.NotListedYet)
            {
                return RoundResult.Again;
            }

            DnsException? failure = await executor.ExecuteAsync(change, term, lost).ConfigureAwait(false);
            if (failure is null)
            {
                content = content.After(change, term);
            }
            else if (failure.Failure is DnsFailure.Invalid or DnsFailure.Quota)
            {
                // Only this change is refused; the others need not wait for it.
                LogChangeRefused(change, failure.Message);
            }
            else
            {
                return RoundResult.Failed(failure);
            }
        }
    }

    private DomainPlan Plan(DomainContent content, ulong term) =>
        Plan(content, term, [.. Waiting(term).Select(operation => operation.Subject)]);

    private DomainPlan Plan(DomainContent content, ulong term, ImmutableHashSet<OperationSubject> deferred) =>
        DomainPlanner.Plan(state.View.Fleet, content, new PlanContext(options.Cluster, term, options.MinPublishedShare, deferred));

    // What failed under an earlier leader is tried at once: this node may fare better, and its clock is another one.
    private IEnumerable<Operation> Waiting(ulong term) => state.View.Fleet.Operations.Values.Where(operation =>
        operation.State == OperationState.Failed && operation.Term == term && operation.RetryUnixMs > proposer.NowUnixMs);

    private void Tell(DomainPlan plan)
    {
        string news = string.Join(' ', plan.Warnings.Prepend(plan.Frozen).Where(text => text.Length > 0));
        if (news != _told && news.Length > 0)
        {
            LogAttention(news);
        }

        _told = news;
    }

    [LoggerMessage(LogLevel.Warning, "The domain needs attention: {News}")]
    private partial void LogAttention(string news);

    [LoggerMessage(LogLevel.Error, "The DNS provider refuses to {Change}: {Reason}")]
    private partial void LogChangeRefused(DomainChange change, string reason);
}
