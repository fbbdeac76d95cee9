using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Quorums;

namespace NexaLoak.Tests.Core;

[Parallelizable(ParallelScope.All)]
internal sealed class MajorityQuorumTests
{
    private static readonly NodeId[] Ids = [.. Enumerable.Range(1, 9).Select(id => new NodeId((ulong)id))];

    /// <summary>Up to nine voters with an index from a small range each, so that ties are frequent.</summary>
    private static Arbitrary<int[]> Matches => Gen.Choose(0, 9).SelectMany(count => Gen.Choose(0, 5).ArrayOf(count)).ToArbitrary();

    /// <summary>Votes: 0 is no, 1 yes, 2 missing.</summary>
    private static Arbitrary<int[]> Votes => Gen.Choose(0, 9).SelectMany(count => Gen.Choose(0, 2).ArrayOf(count)).ToArbitrary();

    private static Arbitrary<int[]> NineVotes => Gen.Choose(0, 2).ArrayOf(9).ToArbitrary();

    [Test]
    public void A15_a_majority_is_more_than_half([Range(1, 9)] int voters)
    {
        Assert.That(MajorityQuorum.Size(voters) * 2, Is.GreaterThan(voters));
        Assert.That((MajorityQuorum.Size(voters) - 1) * 2, Is.LessThanOrEqualTo(voters));
    }

    [Test]
    public void D5_the_committed_index_is_the_highest_that_more_than_half_have_reached()
        => Prop.ForAll(Matches, matches => Committed(matches) == Oracle(matches)).QuickCheckThrowOnFailure();

    [Test]
    public void A_joint_committed_index_needs_both_halves()
        => Prop.ForAll(Matches, Gen.Choose(1, 511).ToArbitrary(), Gen.Choose(0, 511).ToArbitrary(), (matches, incoming, outgoing) =>
        {
            var configuration = new ClusterConfiguration(Chosen(incoming), Chosen(outgoing));
            ulong MatchOf(NodeId id) => (int)id.Value <= matches.Length ? (ulong)matches[id.Value - 1] : 0;
            ulong expected = Math.Min(
                Oracle([.. Chosen(incoming).Select(id => (int)MatchOf(id))]),
                Oracle([.. Chosen(outgoing).Select(id => (int)MatchOf(id))]));
            return JointQuorum.CommittedIndex(configuration, static (match, id) => match(id), (Func<NodeId, ulong>)MatchOf) == expected;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_vote_is_won_or_lost_exactly_when_no_missing_vote_can_change_it()
        => Prop.ForAll(Votes, votes => Tally(votes) == TallyOracle(votes)).QuickCheckThrowOnFailure();

    [Test]
    public void A_joint_vote_is_won_when_both_halves_won_and_lost_when_one_lost()
        => Prop.ForAll(NineVotes, Gen.Choose(1, 511).ToArbitrary(), Gen.Choose(0, 511).ToArbitrary(), (votes, incoming, outgoing) =>
        {
            var configuration = new ClusterConfiguration(Chosen(incoming), Chosen(outgoing));
            VoteResult[] halves = [HalfOracle(incoming), HalfOracle(outgoing)];
            VoteResult expected = halves.Contains(VoteResult.Lost) ? VoteResult.Lost
                : halves.Contains(VoteResult.Pending) ? VoteResult.Pending
                : VoteResult.Won;
            return JointQuorum.Tally(configuration, static (all, id) => VoteOf(all[id.Value - 1]), votes) == expected;

            VoteResult HalfOracle(int mask) => TallyOracle([.. Chosen(mask).Select(id => votes[id.Value - 1])]);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void More_voters_than_fit_the_stack_are_counted_too()
    {
        NodeId[] voters = [.. Enumerable.Range(1, 21).Select(id => new NodeId((ulong)id))];
        Assert.That(MajorityQuorum.CommittedIndex(voters, static (_, id) => id.Value, 0), Is.EqualTo(11));
    }

    private static NodeId[] Chosen(int mask) => [.. Ids.Where((_, i) => (mask >> i & 1) == 1)];

    private static ulong Committed(int[] matches)
        => MajorityQuorum.CommittedIndex(Ids.AsSpan(0, matches.Length), static (all, id) => (ulong)all[id.Value - 1], matches);

    /// <summary>Tries every index from the top.</summary>
    private static ulong Oracle(int[] matches)
    {
        if (matches.Length == 0)
        {
            return ulong.MaxValue;
        }

        int index = matches.Max();
        while (matches.Count(match => match >= index) * 2 <= matches.Length)
        {
            index--;
        }

        return (ulong)index;
    }

    private static VoteResult Tally(int[] votes) => MajorityQuorum.Tally(Ids.AsSpan(0, votes.Length), static (all, id)
        => VoteOf(all[id.Value - 1]), votes);

    /// <summary>Completes the missing votes in the best and in the worst way.</summary>
    private static VoteResult TallyOracle(int[] votes)
    {
        bool Wins(int missingIs) => votes.Length == 0 || votes.Count(vote => vote == 1 || (vote == 2 && missingIs == 1)) * 2 > votes.Length;
        return (Wins(0), Wins(1)) switch
        {
            (true, _) => VoteResult.Won,
            (false, true) => VoteResult.Pending,
            _ => VoteResult.Lost,
        };
    }

    private static bool? VoteOf(int vote) => vote == 2 ? null : vote == 1;
}
