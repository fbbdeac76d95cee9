using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>Carries out single changes: the intent is committed before the effect, the outcome after it.</summary>
internal sealed partial class OperationExecutor(
    FleetState state, FleetProposer proposer, DomainClient client, ReconcilerOptions options, ILogger<OperationExecutor> logger)
{
    /// <summary>Makes a change; returns the failure when it could not be made.</summary>
    public async Task<DnsException?> ExecuteAsync(DomainChange change, ulong term, CancellationToken lost)
    {
        CommandReply begun = await proposer.ProposeAsync(new Command { BeginOperation = change.Intent() }, term, lost).ConfigureAwait(false);
        DnsException? failure = await WriteAsync(change, term, lost).ConfigureAwait(false);
        if (failure is null)
        {
            await CompleteAsync(begun.OperationId, term, complete => complete.Done = new CompleteOperation.Types.Done(), lost).ConfigureAwait(false);
            LogDone(change, begun.OperationId);
            return null;
        }

        TimeSpan delay = RetryDelay.After(failure, AttemptOf(change.Subject), options);
        await CompleteAsync(begun.OperationId, term, complete => complete.Failed = Failed(failure, delay), lost).ConfigureAwait(false);
        return failure;
    }

    /// <summary>
    /// Gives an outcome to operations that were left without one, by an earlier leader or by a failure: done when the domain shows it,
    /// abandoned when it is no longer wanted. The others stay, and are taken over when their change is made.
    /// </summary>
    public async Task SettleAsync(DomainContent content, DomainPlan wanted, ulong term, CancellationToken lost)
    {
        foreach (Operation operation in state.View.Fleet.Operations.Values.Where(operation => operation.IsUnfinished))
        {
            if (content.Shows(operation.Subject))
            {
                await CompleteAsync(operation.Id, term, complete => complete.Done = new CompleteOperation.Types.Done(), lost).ConfigureAwait(false);
                LogFoundDone(operation.Id, operation.Subject.Kind, operation.Subject.Address, operation.Term);
            }
            else if (!wanted.Changes.Any(change => change.Subject == operation.Subject))
            {
                var abandoned = new CompleteOperation.Types.Abandoned { Reason = "No longer wanted." };
                await CompleteAsync(operation.Id, term, complete => complete.Abandoned = abandoned, lost).ConfigureAwait(false);
            }
        }
    }

    private async Task<DnsException?> WriteAsync(DomainChange change, ulong term, CancellationToken lost)
    {
        try
        {
            await client.WriteAsync(change, term, lost).ConfigureAwait(false);
            return null;
        }
        catch (DnsException failure)
        {
            bool unknown = failure.Failure == DnsFailure.Transient;
            return unknown && await IsShownAsync(change, lost).ConfigureAwait(false) ? null : failure;
        }
    }

    private async Task<bool> IsShownAsync(DomainChange change, CancellationToken lost)
    {
        try
        {
            DomainContent content = await client.ListAsync(lost).ConfigureAwait(false);
            return content.Shows(change.Subject);
        }
        catch (DnsException failure)
        {
            // The next round lists again before it writes, so the outcome is found out then.
            LogStillUnknown(change, failure.Message);
            return false;
        }
    }

    private async Task CompleteAsync(string operation, ulong term, Action<CompleteOperation> setOutcome, CancellationToken lost)
    {
        var complete = new CompleteOperation { OperationId = operation };
        setOutcome(complete);
        await proposer.ProposeAsync(new Command { CompleteOperation = complete }, term, lost).ConfigureAwait(false);
    }

    private CompleteOperation.Types.Failed Failed(DnsException failure, TimeSpan delay) => new()
    {
        Error = FleetRules.ToText(failure.Message),
        RetryUnixMs = proposer.NowUnixMs + (long)delay.TotalMilliseconds,
    };

    private uint AttemptOf(OperationSubject subject) => state.View.Fleet.UnfinishedOn(subject)?.Attempt ?? 1;

    [LoggerMessage(LogLevel.Information, "Done: {Change} (operation {Operation}).")]
    private partial void LogDone(DomainChange change, string operation);

    [LoggerMessage(LogLevel.Information, "Operation {Operation} ({Kind} {Address}) of term {Term} shows in the domain: done.")]
    private partial void LogFoundDone(string operation, OperationKind kind, string address, ulong term);

    [LoggerMessage(LogLevel.Warning, "Whether the domain shows \"{Change}\" is not known yet: {Reason}")]
    private partial void LogStillUnknown(DomainChange change, string reason);
}
