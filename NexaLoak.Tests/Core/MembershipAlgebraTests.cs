using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Quorums;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>What a change makes of a configuration, without any node.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipAlgebraTests
{
    private const int Nodes = 6;
    private const string Kinds = "-vwl";

    /// <summary>Six nodes, each absent, voter, witness or learner.</summary>
    private static Arbitrary<int[]> Rosters => Gen.Choose(0, 3).ArrayOf(Nodes).ToArbitrary();

    [TestCase("v1", "v2", "(1 2)&&(1)", "(1 2)")]
    [TestCase("v1 v2 v3", "r3", "(1 2)&&(1 2 3)", "(1 2)")]
    [TestCase("v1 v2 v3", "r1 v4", "(2 3 4)&&(1 2 3)", "(2 3 4)")]
    [TestCase("v1 v2 v3", "r1 r2 r3 v4 v5", "(4 5)&&(1 2 3)", "(4 5)")]
    [TestCase("v1 v2 v3", "v1 v2 v4 r9", "(1 2 3 4)&&(1 2 3)", "(1 2 3 4)")]
    [TestCase("v1 v2 v3 l4", "v4 v4", "(1 2 3 4)&&(1 2 3)", "(1 2 3 4)")]
    [TestCase("v1 v2 v3", "l3", "(1 2)&&(1 2 3) learners_next=(3)", "(1 2) learners=(3)")]
    [TestCase("v1 v2 v3 l5", "l3 l4 r5", "(1 2)&&(1 2 3) learners=(4) learners_next=(3)", "(1 2) learners=(3 4)")]
    [TestCase("v1 v2 l3", "v3 l2", "(1 3)&&(1 2) learners_next=(2)", "(1 3) learners=(2)")]
    [TestCase("v1 v2", "w3", "(1 2 3)&&(1 2) witnesses=(3)", "(1 2 3) witnesses=(3)")]
    [TestCase("v1 v2 w3", "r3 w4", "(1 2 4)&&(1 2 3) witnesses=(3 4)", "(1 2 4) witnesses=(4)")]
    public void A_change_of_voters_leads_through_a_joint_configuration(string start, string change, string joint, string final)
    {
        Assert.That(ConfigurationChanger.Apply(Members(start), Change(change), out ClusterConfiguration next), Is.Null);
        Assert.That(next.ToString(), Is.EqualTo(joint));
        Assert.That(ConfigurationChanger.Leave(next).ToString(), Is.EqualTo(final));
    }

    [TestCase("v1", "l2", "(1) learners=(2)")]
    [TestCase("v1 v2 l3", "r3 l4", "(1 2) learners=(4)")]
    [TestCase("v1 v2 l3", "v1 l4", "(1 2) learners=(3 4)")]
    [TestCase("v1 w2", "w2 l3", "(1 2) learners=(3) witnesses=(2)")]
    [TestCase("v1", "r7 l2", "(1) learners=(2)")]
    public void Any_other_change_takes_one_step(string start, string change, string expected)
    {
        Assert.That(ConfigurationChanger.Apply(Members(start), Change(change), out ClusterConfiguration next), Is.Null);
        Assert.That(next.ToString(), Is.EqualTo(expected));
        Assert.That(() => ConfigurationChanger.Leave(next), Throws.ArgumentException);
    }

    [TestCase("v1 v2", "r1 r2", ConfigurationRefusalReason.NoVoter)]
    [TestCase("v1", "l1", ConfigurationRefusalReason.NoVoter)]
    [TestCase("v1 w2", "r1", ConfigurationRefusalReason.OnlyWitnesses)]
    [TestCase("v1 w2", "l1 w3", ConfigurationRefusalReason.OnlyWitnesses)]
    [TestCase("w1 w2", "v3", ConfigurationRefusalReason.OnlyWitnesses)]
    [TestCase("v1 v2", "v3 r3", ConfigurationRefusalReason.Contradiction)]
    [TestCase("v1 v2", "v3 l3", ConfigurationRefusalReason.Contradiction)]
    [TestCase("v1 v2", "r2 u2=there", ConfigurationRefusalReason.Contradiction)]
    [TestCase("v1 v2", "u2=here u2=there", ConfigurationRefusalReason.Contradiction)]
    [TestCase("v1 v2", "l2=here u2=there", ConfigurationRefusalReason.Contradiction)]
    [TestCase("v1 w2", "v2", ConfigurationRefusalReason.WitnessInPlace)]
    [TestCase("v1 w2", "l2", ConfigurationRefusalReason.WitnessInPlace)]
    [TestCase("v1 v2", "w2", ConfigurationRefusalReason.WitnessInPlace)]
    [TestCase("v1 l2", "w2", ConfigurationRefusalReason.WitnessInPlace)]
    [TestCase("v1", "u2=there", ConfigurationRefusalReason.NotAMember)]
    [TestCase("v1 v2 l3", "", ConfigurationRefusalReason.NothingChanges)]
    [TestCase("v1 v2 l3", "v1 v2 l3 r4", ConfigurationRefusalReason.NothingChanges)]
    [TestCase("v1=here", "v1=here u1=here", ConfigurationRefusalReason.NothingChanges)]
    public void G16_an_impossible_change_is_refused_and_says_why(string start, string change, ConfigurationRefusalReason reason)
    {
        ClusterConfiguration current = Members(start);
        ConfigurationRefusal? refusal = ConfigurationChanger.Apply(current, Change(change), out ClusterConfiguration next);
        Assert.That((refusal?.Reason, next), Is.EqualTo(((ConfigurationRefusalReason?)reason, current)));
        Assert.That(refusal!.Message, Has.Length.GreaterThan(10));
    }

    [Test]
    public void A_joint_configuration_takes_no_change()
    {
        ConfigurationChanger.Apply(Members("v1 v2"), Change("v3"), out ClusterConfiguration joint);
        Assert.That(ConfigurationChanger.Apply(joint, Change("l4"), out _)?.Reason, Is.EqualTo(ConfigurationRefusalReason.Joint));
    }

    [Test]
    public void Without_a_configuration_there_is_nothing_to_change()
        => Assert.That(ConfigurationChanger.Apply(ClusterConfiguration.Empty, Change("v1"), out _)?.Reason, Is.EqualTo(ConfigurationRefusalReason.NoVoter));

    [Test]
    public void An_address_stays_as_long_as_its_node()
    {
        ClusterConfiguration start = Members("v1=a v2=b v3=c l4=d");
        Assert.That(ConfigurationChanger.Apply(start, Change("r1 l2 v5=e u3=x r4"), out ClusterConfiguration joint), Is.Null);
        Assert.That(string.Join(' ', joint.Addresses), Is.EqualTo("[1, a] [2, b] [3, x] [5, e]"));
        Assert.That(string.Join(' ', ConfigurationChanger.Leave(joint).Addresses), Is.EqualTo("[2, b] [3, x] [5, e]"));
    }

    [Test]
    public void A_new_address_alone_takes_one_step()
    {
        Assert.That(ConfigurationChanger.Apply(Members("v1=a v2=b"), Change("u2=c"), out ClusterConfiguration next), Is.Null);
        Assert.That((next.IsJoint, string.Join(' ', next.Addresses)), Is.EqualTo((false, "[1, a] [2, c]")));
    }

    [Test]
    public void A_change_names_real_nodes_and_addresses()
    {
        Assert.That(() => ConfigurationChange.Empty.AddVoter(NodeId.None), Throws.ArgumentException);
        Assert.That(() => ConfigurationChange.Empty.UpdateAddress(new NodeId(1), ""), Throws.ArgumentException);
        Assert.That(() => ConfigurationChange.Empty.AddLearner(new NodeId(1), ""), Throws.ArgumentException);
    }

    [Test]
    public void Entering_and_leaving_ends_at_the_target_and_doing_it_again_changes_nothing()
        => Prop.ForAll(Rosters, Rosters, (from, to) =>
        {
            ConfigurationChange change = Between(from, to);
            ConfigurationRefusal? refusal = Try(from, change, out ClusterConfiguration next);
            if (refusal is not null)
            {
                return refusal.Reason == Expected(from, to);
            }

            ClusterConfiguration final = next.IsJoint ? ConfigurationChanger.Leave(next) : next;
            return Expected(from, to) is null && final.Equals(Members(Text(to)))
                && ConfigurationChanger.Apply(final, change, out _)?.Reason == ConfigurationRefusalReason.NothingChanges;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void G15_any_quorum_of_a_joint_configuration_meets_every_quorum_before_and_after_it()
        => Prop.ForAll(Rosters, Rosters, (from, to) =>
        {
            if (Try(from, Between(from, to), out ClusterConfiguration next) is not null)
            {
                return true;
            }

            List<int> quorums = Quorums(next);
            return Meet(quorums, Quorums(Members(Text(from)))) && Meet(quorums, Quorums(Members(Text(to)))) && Meet(quorums, quorums);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static ConfigurationRefusal? Try(int[] from, ConfigurationChange change, out ClusterConfiguration next)
        => ConfigurationChanger.Apply(Text(from).AsSpan().IndexOfAny('v', 'w') < 0 ? ClusterConfiguration.Empty : Members(Text(from)), change, out next);

    private static string Text(int[] roster)
        => string.Join(' ', roster.Select((kind, i) => kind == 0 ? "" : $"{Kinds[kind]}{i + 1}"));

    private static ConfigurationChange Between(int[] from, int[] to)
        => Change(string.Join(' ', to.Select((kind, i) => kind == from[i] ? "" : kind == 0 ? $"r{i + 1}" : $"{Kinds[kind]}{i + 1}")));

    /// <summary>The reason of a refusal, by looking at start and target alone. A start without voters is taken for the empty one.</summary>
    private static ConfigurationRefusalReason? Expected(int[] from, int[] to)
    {
        bool nobody = !from.Any(kind => kind is 1 or 2);
        bool inPlace = from.Zip(to).Any(pair => pair.First != pair.Second && pair.First * pair.Second != 0 && (pair.First == 2 || pair.Second == 2));
        return inPlace && !nobody ? ConfigurationRefusalReason.WitnessInPlace
            : nobody || !to.Any(kind => kind is 1 or 2) ? ConfigurationRefusalReason.NoVoter
            : !from.Contains(1) || !to.Contains(1) ? ConfigurationRefusalReason.OnlyWitnesses
            : from.SequenceEqual(to) ? ConfigurationRefusalReason.NothingChanges
            : null;
    }

    private static List<int> Quorums(ClusterConfiguration configuration)
        => [.. Enumerable.Range(0, 1 << Nodes).Where(set =>
            JointQuorum.Tally(configuration, static (chosen, id) => (chosen >> ((int)id.Value - 1) & 1) == 1, set) == VoteResult.Won)];

    private static bool Meet(List<int> some, List<int> others) => some.TrueForAll(one => others.TrueForAll(other => (one & other) != 0));
}
