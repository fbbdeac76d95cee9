using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

/// <summary>The log, with its window and its term history, against a plain list and a plain disk.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RaftLogTests
{
    /// <summary>By how much the term rises from entry to entry.</summary>
    private static Arbitrary<int[]> Rises => Gen.Choose(0, 2).ArrayOf().Resize(12).ToArbitrary();

    [Test]
    public void The_log_is_a_list_whatever_is_appended_overwritten_written_and_evicted()
        => Prop.ForAll(Gen.Choose(0, 1_000_000).ListOf().Resize(200).ToArbitrary(), steps => new LogWalk().Survives(steps))
            .QuickCheckThrowOnFailure();

    [Test]
    public void The_log_is_a_list_over_many_chunks()
    {
        var random = new RandomStream(1);
        Assert.That(new LogWalk(appendMost: 700).Survives([.. Enumerable.Range(0, 400).Select(_ => random.Below(1_000_000))]), Is.True);
    }

    [Test]
    public void E1_an_acknowledgement_says_nothing_about_what_stands_at_the_index_now()
    {
        var log = new RaftLog(RecoveredState.Empty, new LogWalk());
        log.Merge([TestNode.EntryOf(1, 1), TestNode.EntryOf(1, 2), TestNode.EntryOf(1, 3)]);
        log.TakeUnwritten(1, default);
        log.Merge([TestNode.EntryOf(2, 2)]);
        log.TakeUnwritten(2, default);
        log.Merge([TestNode.EntryOf(3, 2), TestNode.EntryOf(3, 3)]);

        log.OnPersisted(1);
        Assert.That(log.StableIndex, Is.EqualTo(1));
        log.OnPersisted(2);
        Assert.That(log.StableIndex, Is.EqualTo(1));
        log.TakeUnwritten(3, default);
        log.OnPersisted(3);
        Assert.That(log.StableIndex, Is.EqualTo(3));
    }

    [Test]
    public void A_slice_handed_out_stays_as_it_was_when_the_log_is_overwritten()
    {
        var log = new RaftLog(RecoveredState.Empty, new LogWalk());
        log.Merge([TestNode.EntryOf(1, 1), TestNode.EntryOf(1, 2)]);
        ReadOnlyMemory<Entry> slice = log.Slice(1, 2, long.MaxValue, out _);
        log.Merge([TestNode.EntryOf(2, 2), TestNode.EntryOf(2, 3)]);
        Assert.That(slice.ToArray().Select(entry => entry.Id), Is.EqualTo(new[] { new LogId(1, 1), new LogId(1, 2) }));
    }

    [Test]
    public void Slices_keep_to_the_limit_but_hold_at_least_one_entry()
    {
        var log = new RaftLog(RecoveredState.Empty, new LogWalk());
        log.Merge([TestNode.EntryOf(1, 1), TestNode.EntryOf(1, 2), TestNode.EntryOf(1, 3)]);
        int size = TestNode.EntryOf(1, 1).Size;
        Assert.That(log.Slice(1, 3, (2 * size) + 1, out long bytes).Length, Is.EqualTo(2));
        Assert.That(bytes, Is.EqualTo(2 * size));
        Assert.That(log.Slice(2, 3, 1, out _).Length, Is.EqualTo(1));
    }

    [Test]
    public void D13_committed_entries_are_never_truncated()
    {
        var log = new RaftLog(RecoveredState.Empty, new LogWalk());
        log.Merge([TestNode.EntryOf(1, 1), TestNode.EntryOf(1, 2)]);
        log.CommitTo(2);
        Entry[] conflict = [TestNode.EntryOf(2, 2)];
        Assert.That(() => log.Merge(conflict), Throws.TypeOf<RaftInvariantException>());
    }

    [Test]
    public void Recovered_terms_with_a_gap_or_a_fall_are_refused()
    {
        TermRun[][] broken = [[new(2, 1)], [new(1, 2), new(3, 1)], [new(1, 1), new(9, 2)], []];
        foreach (TermRun[] runs in broken)
        {
            var recovered = new RecoveredState(new HardState(5, default, 0), default, 4, runs);
            Assert.That(() => new RaftLog(recovered, new LogWalk()), Throws.TypeOf<RaftInvariantException>());
        }
    }

    [Test]
    public void The_last_possible_agreement_is_found_for_every_index_and_term()
        => Prop.ForAll(Rises, Gen.Choose(0, 15).ToArbitrary(), Gen.Choose(0, 25).ToArbitrary(), (rises, index, term) =>
        {
            var history = new TermHistory(default, 0, []);
            List<ulong> terms = [0];
            foreach (int rise in rises)
            {
                terms.Add(Math.Max(1, terms[^1] + (ulong)rise));
                history.Append(new LogId(terms[^1], (ulong)terms.Count - 1));
            }

            int expected = Math.Min(index, terms.Count - 1);
            while (terms[expected] > (ulong)term)
            {
                expected--;
            }

            return history.LastAtOrBelow((ulong)index, (ulong)term) == new LogId(terms[expected], (ulong)expected);
        }).QuickCheckThrowOnFailure();

    /// <summary>Steps: a number below 3 appends with a term that much higher, another one truncates somewhere.</summary>
    [Test]
    public void The_history_of_terms_is_a_list_whatever_is_appended_and_truncated()
        => Prop.ForAll(Gen.Choose(0, 8).ListOf().ToArbitrary(), steps =>
        {
            var history = new TermHistory(default, 0, []);
            List<ulong> terms = [];
            ulong term = 1;
            foreach ((int step, int i) in steps.Select((step, i) => (step, i)))
            {
                if (step < 6)
                {
                    term += (ulong)(step % 3);
                    terms.Add(term);
                    history.Append(new LogId(term, (ulong)terms.Count));
                }
                else if (terms.Count > 0)
                {
                    int from = i % terms.Count;
                    terms.RemoveRange(from, terms.Count - from);
                    history.TruncateFrom((ulong)from + 1);
                }

                if (!Agrees(history, terms))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static bool Agrees(TermHistory history, List<ulong> terms)
        => history.LastId == (terms.Count == 0 ? default : new LogId(terms[^1], (ulong)terms.Count))
            && Enumerable.Range(1, terms.Count).All(index => history.TermAt((ulong)index) == terms[index - 1])
            && history.TermAt((ulong)terms.Count + 1) is null;
}
