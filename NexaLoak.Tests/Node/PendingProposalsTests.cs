using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

[Parallelizable(ParallelScope.Self)]
internal sealed class PendingProposalsTests
{
    private CompletionPool<ProposalResult> _pool = new();

    [SetUp]
    public void EmptyPool() => _pool = new CompletionPool<ProposalResult>();

    [Test]
    public async Task Each_caller_gets_the_reply_to_its_own_command_however_many_wait()
    {
        const ulong Count = 10_000;
        PendingProposals proposals = Create();
        List<Task<ProposalResult>> waits = [];
        for (ulong index = 5; index < 5 + Count; index++)
        {
            waits.Add(Add(proposals, new LogId(2, index)));
        }

        for (ulong index = 1; index < 5 + Count; index++)
        {
            proposals.OnApplied(new LogId(2, index), BitConverter.GetBytes(index));
        }

        ProposalResult[] results = await Task.WhenAll(waits).WaitAsync(Eventually.Limit);
        Assert.That(results.Select(result => result.Index), Is.EqualTo(Enumerable.Range(5, (int)Count)));
        Assert.That(results, Is.All.Matches<ProposalResult>(result => BitConverter.ToUInt64(result.Reply.Span) == result.Index));
        Assert.That(proposals.Count, Is.Zero);
    }

    [Test]
    public async Task Where_another_entry_was_applied_the_command_is_certainly_lost()
    {
        PendingProposals proposals = Create();
        Task<ProposalResult> wait = Add(proposals, new LogId(2, 5));
        proposals.OnApplied(new LogId(3, 5), default);
        await Assert.ThrowsAsync<NotLeaderException>(() => wait);
    }

    [Test]
    public async Task A_later_proposal_at_the_same_place_replaces_one_that_was_truncated()
    {
        PendingProposals proposals = Create();
        Task<ProposalResult> truncated = Add(proposals, new LogId(2, 7));
        Task<ProposalResult> before = Add(proposals, new LogId(4, 6));
        Task<ProposalResult> there = Add(proposals, new LogId(4, 7));
        await Assert.ThrowsAsync<NotLeaderException>(() => truncated);
        proposals.OnApplied(new LogId(4, 6), default);
        proposals.OnApplied(new LogId(4, 7), default);
        Assert.That(((await before).Index, (await there).Index), Is.EqualTo((6UL, 7UL)));
    }

    [Test]
    public async Task Lost_leadership_ends_the_waits_above_the_commit_index_and_no_others()
    {
        PendingProposals proposals = Create();
        Task<ProposalResult>[] waits = [.. new ulong[] { 8, 9, 10 }.Select(index => Add(proposals, new LogId(2, index)))];
        Task<ProposalResult> newTerm = Add(proposals, new LogId(4, 11));
        proposals.Abandon(after: 8, upTo: ulong.MaxValue, leadingTerm: 4, "lost");
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => waits[1]);
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => waits[2]);
        Assert.That((waits[0].IsCompleted, newTerm.IsCompleted, proposals.Count), Is.EqualTo((false, false, 2)));
    }

    [Test]
    public async Task J5_a_snapshot_that_skips_entries_ends_the_waits_for_them()
    {
        PendingProposals proposals = Create();
        Task<ProposalResult>[] skipped = [.. new ulong[] { 8, 9, 10 }.Select(index => Add(proposals, new LogId(2, index)))];
        Task<ProposalResult> behind = Add(proposals, new LogId(2, 13));
        proposals.Abandon(after: 0, upTo: 12, leadingTerm: 0, "A snapshot took the place of the entries.");
        foreach (Task<ProposalResult> wait in skipped)
        {
            await Assert.ThrowsAsync<OutcomeUnknownException>(() => wait);
        }

        proposals.OnApplied(new LogId(2, 13), default);
        Assert.That((await behind).Index, Is.EqualTo(13));
        Assert.That(proposals.Count, Is.Zero);
    }

    [Test]
    public async Task A_caller_that_gives_up_leaves_nothing_behind()
    {
        PendingProposals proposals = Create();
        using var cancellation = new CancellationTokenSource();
        Task<ProposalResult> wait = Add(proposals, new LogId(1, 1), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => wait);
        proposals.OnApplied(new LogId(1, 1), default);
        Assert.That((proposals.Count, _pool.Idle), Is.EqualTo((0, 1)));
    }

    private static PendingProposals Create() => new(new NodeMetrics(new(1), null, TimeProvider.System));

    private Task<ProposalResult> Add(PendingProposals proposals, LogId id, CancellationToken cancellationToken = default)
    {
        PooledCompletion<ProposalResult> proposer = _pool.Rent(0);
        Task<ProposalResult> wait = proposer.WaitAsync(cancellationToken).AsTask();
        proposals.Add(id, proposer);
        return wait;
    }
}
