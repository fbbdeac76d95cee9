using NexaLoak.Orchestrator.Dns;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>Calls the DNS provider within a time limit, and writes only with a fresh confirmation that this node leads.</summary>
internal sealed class DomainClient(IServiceDomain domain, IRaft raft, ReconcilerOptions options, TimeProvider time)
{
    /// <summary>Lists the domain.</summary>
    /// <exception cref="DnsException">It could not be listed.</exception>
    public async Task<DomainContent> ListAsync(CancellationToken lost) =>
        new(options.Cluster, await LimitAsync(domain.ListAsync, lost).ConfigureAwait(false));

    /// <summary>Carries out a change.</summary>
    /// <exception cref="DnsException">It failed; when transiently, it may have been carried out all the same.</exception>
    /// <exception cref="NotLeaderException">This node does not lead; nothing was sent.</exception>
    public async Task WriteAsync(DomainChange change, ulong term, CancellationToken lost)
    {
        while (true)
        {
            // Counted from before the question: a process that is suspended while it waits for the answer must not take an old answer for a new one.
            long asked = time.GetTimestamp();
            await raft.ReadBarrierAsync(ReadConsistency.Leader, lost).ConfigureAwait(false);
            if (time.GetElapsedTime(asked) <= options.MaxConfirmationAge)
            {
                await LimitAsync(token => SendAsync(change, term, token), lost).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task<bool> SendAsync(DomainChange change, ulong term, CancellationToken cancellationToken)
    {
        Task sent = change.Record is { } record
            ? domain.UnassignAsync(record, term, cancellationToken)
            : domain.AssignAsync(change.Subject.Address, new RecordOwner(options.Cluster, change.Subject.Node, term), cancellationToken);
        await sent.ConfigureAwait(false);
        return true;
    }

    private async Task<T> LimitAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken lost)
    {
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, lost);
        try
        {
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!lost.IsCancellationRequested)
        {
            throw new DnsException(
                DnsFailure.Transient, $"The DNS provider did not answer within {options.RequestTimeout.TotalSeconds:0.#} s.", null, exception);
        }
    }
}
