using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Quorums;

namespace NexaLoak.Tests.Core;

/// <summary>Laws of quorums that hold along every sequence of acknowledgements and votes, in joint configurations too.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class QuorumProperties
{
    private const int Nodes = 9;

    /// <summary>Two halves, as bits; the outgoing one may be empty.</summary>
    private static Arbitrary<(int Incoming, int Outgoing)> Halves
        => Gen.Choose(1, 511).SelectMany(incoming => Gen.Choose(0, 511).Select(outgoing => (incoming, outgoing))).ToArbitrary();

    /// <summary>Acknowledgements: who, and by how much more.</summary>
    private static Arbitrary<(int Node, int More)[]> Acknowledgements
        => Gen.Choose(1, Nodes).SelectMany(node => Gen.Choose(0, 4).Select(more => (node, more))).ArrayOf().ToArbitrary();

    [Test]
    public void D5_along_any_acknowledgements_the_committed_index_is_right_and_never_falls()
        => Prop.ForAll(Halves, Acknowledgements, (halves, acknowledgements) =>
        {
            ClusterConfiguration configuration = Joint(halves);
            var matches = new ulong[Nodes + 1];
            ulong before = 0;
            foreach ((int node, int more) in acknowledgements)
            {
                matches[node] += (ulong)more;
                ulong committed = JointQuorum.CommittedIndex(configuration, static (all, id) => all[id.Value], matches);
                if (committed < before || !IsHighestHeld(configuration, matches, committed))
                {
                    return false;
                }

                before = committed;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Votes_that_come_later_never_change_a_decision()
        => Prop.ForAll(Halves, Gen.Shuffle(Enumerable.Range(1, Nodes)).ToArbitrary(), Gen.Choose(0, 511).ToArbitrary(), (halves, order, granted) =>
        {
            ClusterConfiguration configuration = Joint(halves);
            var votes = new bool?[Nodes + 1];
            VoteResult before = Tally(configuration, votes);
            foreach (int node in order)
            {
                votes[node] = (granted >> (node - 1) & 1) == 1;
                VoteResult now = Tally(configuration, votes);
                if (before != VoteResult.Pending && now != before)
                {
                    return false;
                }

                before = now;
            }

            return before != VoteResult.Pending;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void It_does_not_matter_who_votes_and_which_half_is_which()
        => Prop.ForAll(Halves, Gen.Shuffle(Enumerable.Range(1, Nodes)).ToArbitrary(), Gen.Choose(0, 2).ArrayOf(Nodes).ToArbitrary(), (halves, names, said) =>
        {
            bool?[] votes = [null, .. said.Select(VoteOf)];
            var renamed = new bool?[Nodes + 1];
            for (int node = 1; node <= Nodes; node++)
            {
                renamed[names[node - 1]] = votes[node];
            }

            VoteResult result = Tally(Joint(halves), votes);
            var others = new ClusterConfiguration(Renamed(halves.Incoming, names), Renamed(halves.Outgoing, names));
            bool swaps = halves.Outgoing == 0 || Tally(Joint((halves.Outgoing, halves.Incoming)), votes) == result;
            return swaps && Tally(others, renamed) == result;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_joint_configuration_of_equal_halves_decides_as_one_half()
        => Prop.ForAll(Gen.Choose(1, 511).ToArbitrary(), Gen.Choose(0, 2).ArrayOf(Nodes).ToArbitrary(), (half, said) =>
        {
            bool?[] votes = [null, .. said.Select(VoteOf)];
            ulong[] matches = [0, .. said.Select(match => (ulong)match)];
            ClusterConfiguration twice = Joint((half, half));
            ClusterConfiguration once = Joint((half, 0));
            return Tally(twice, votes) == Tally(once, votes)
                && JointQuorum.CommittedIndex(twice, static (all, id) => all[id.Value], matches)
                    == JointQuorum.CommittedIndex(once, static (all, id) => all[id.Value], matches);
        }).QuickCheckThrowOnFailure();

    private static bool IsHighestHeld(ClusterConfiguration configuration, ulong[] matches, ulong committed)
        => IsHeld(configuration, matches, committed) && !IsHeld(configuration, matches, committed + 1);

    /// <summary>More than half of either half hold the index.</summary>
    private static bool IsHeld(ClusterConfiguration configuration, ulong[] matches, ulong index)
        => new[] { configuration.Voters, configuration.VotersOutgoing }
            .All(half => half.Count == 0 || half.Count(id => matches[id.Value] >= index) * 2 > half.Count);

    private static VoteResult Tally(ClusterConfiguration configuration, bool?[] votes)
        => JointQuorum.Tally(configuration, static (all, id) => all[id.Value], votes);

    private static bool? VoteOf(int said) => said == 2 ? null : said == 1;

    private static ClusterConfiguration Joint((int Incoming, int Outgoing) halves) => new(Ids(halves.Incoming), Ids(halves.Outgoing));

    private static IEnumerable<NodeId> Ids(int bits) => Renamed(bits, [.. Enumerable.Range(1, Nodes)]);

    private static IEnumerable<NodeId> Renamed(int bits, int[] names)
        => names.Where((_, i) => (bits >> i & 1) == 1).Select(name => new NodeId((ulong)name));
}
