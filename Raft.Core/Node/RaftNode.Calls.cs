using System.Diagnostics;
using Raft.Core.Consensus;

namespace Raft.Core.Node;

// From a caller to the mailbox, and the spans around it.
public sealed partial class RaftNode
{
    private ValueTask<ProposalResult> ProposeUntraced(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ProposalResult>(cancellationToken);
        }

        PooledCompletion<ProposalResult> proposer = _proposers.Rent(_metrics.ProposalStart());
        if (_mailbox.TryPost(NodeInput.OfProposal(command, proposer)))
        {
            return proposer.WaitAsync(cancellationToken);
        }

        _metrics.OnProposalEnded(IsStopping ? ProposalOutcome.Stopped : ProposalOutcome.Dropped, proposer.StartedAt);
        proposer.Discard();
        return ValueTask.FromException<ProposalResult>(Refusal());
    }

    private ValueTask ReadUntraced(ReadConsistency consistency, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (_completion.Task.IsCompleted)
        {
            return ValueTask.FromException(new RaftStoppedException(_failure));
        }

        if (consistency == ReadConsistency.Stale)
        {
            _metrics.OnReadServed(consistency, 0);
            return ValueTask.CompletedTask;
        }

        PooledCompletion<bool> reader = _readers.Rent(_metrics.ReadStart());
        if (_mailbox.TryPost(NodeInput.OfRead(reader, consistency)))
        {
            return reader.WaitWithoutResultAsync(cancellationToken);
        }

        reader.Discard();
        return ValueTask.FromException(Refusal());
    }

    private Exception Refusal() => IsStopping ? new RaftStoppedException(_failure) : new ProposalDroppedException(ProposalStatus.Overloaded);

    private async ValueTask<ProposalResult> ProposeTracedAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        using Activity? span = StartSpan("raft.propose");
        try
        {
            ProposalResult result = await ProposeUntraced(command, cancellationToken).ConfigureAwait(false);
            span?.SetTag("raft.term", (long)result.Term).SetTag("raft.log.index", (long)result.Index);
            return result;
        }
        catch (Exception error)
        {
            EndSpan(span, error);
            throw;
        }
    }

    private async ValueTask ReadTracedAsync(ReadConsistency consistency, CancellationToken cancellationToken)
    {
        using Activity? span = StartSpan("raft.read_barrier");
        span?.SetTag(RaftDiagnostics.ConsistencyTag, consistency.ToString());
        try
        {
            await ReadUntraced(consistency, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            EndSpan(span, error);
            throw;
        }
    }

    private Activity? StartSpan(string name)
    {
        Activity? span = RaftDiagnostics.Source.StartActivity(name);
        if (span is not null)
        {
            foreach ((string key, object? value) in _metrics.Tags)
            {
                span.SetTag(key, value);
            }
        }

        return span;
    }

    private static void EndSpan(Activity? span, Exception error)
        => span?.SetTag("error.type", error.GetType().FullName).SetStatus(ActivityStatusCode.Error, error.Message);
}
