using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Membership;
using static NexaLoak.Tests.Core.MembershipText;

namespace NexaLoak.Tests.Core;

/// <summary>How nodes, places in the log and configurations compare, and how they read.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class IdentityTests
{
    [Test]
    public void Nodes_are_ordered_by_number()
    {
        NodeId[] ordered = [NodeId.None, new(1), new(2), new(10), new(ulong.MaxValue)];
        AreOrdered(ordered, (left, right) => left < right, (left, right) => left <= right, (left, right) => left > right, (left, right) => left >= right);
        Assert.That(string.Join(' ', ordered), Is.EqualTo("0 1 2 10 18446744073709551615"));
    }

    /// <summary>Raft paper, section 5.4.1: the later term is more up to date, and in one term the longer log.</summary>
    [Test]
    public void Places_are_ordered_by_term_and_then_by_index()
    {
        LogId[] ordered = [default, new(1, 1), new(1, 9), new(2, 2), new(2, 3), new(ulong.MaxValue, 0)];
        AreOrdered(ordered, (left, right) => left < right, (left, right) => left <= right, (left, right) => left > right, (left, right) => left >= right);
    }

    [TestCase("v1 v2", "(1 2)")]
    [TestCase("v10 v9 l3", "(9 10) learners=(3)")]
    [TestCase("v1 w2", "(1 2) witnesses=(2)")]
    public void A_configuration_reads_as_in_the_literature(string members, string text)
        => Assert.That(Members(members).ToString(), Is.EqualTo(text));

    [Test]
    public void A_joint_configuration_shows_both_halves_and_who_is_demoted()
    {
        Assert.That(ConfigurationChanger.Apply(Members("v1 v2 v3"), Change("l3 v4"), out ClusterConfiguration joint), Is.Null);
        Assert.That(joint.ToString(), Is.EqualTo("(1 2 4)&&(1 2 3) learners_next=(3)"));
    }

    [Test]
    public void A_change_reads_as_its_steps()
        => Assert.That(Change("v4=here r2 u1=there").ToString(), Is.EqualTo("AddVoter 4 at here, Remove 2, UpdateAddress 1 at there"));

    [Test]
    public void Configurations_are_equal_when_every_part_is()
    {
        ClusterConfiguration[] different =
        [
            Members("v1 v2 v3"),
            Members("v1 v2 l3"),
            Members("v1 v2 w3"),
            Members("v1 v2 v4"),
            Members("v1=here v2 v3"),
            Members("v1=there v2 v3"),
            Joint("r3"),
            Joint("l3"),
            ClusterConfiguration.Empty,
        ];
        for (int i = 0; i < different.Length; i++)
        {
            Assert.That(different.Count(other => other.Equals((object)different[i])), Is.EqualTo(1), different[i].ToString());
            Assert.That(different[i].Equals(null), Is.False);
        }

        Assert.That(Members("v3 v2 v1"), Is.EqualTo(Members("v1 v2 v3")));
        Assert.That(Members("v3 v2 v1").GetHashCode(), Is.EqualTo(Members("v1 v2 v3").GetHashCode()));
    }

    private static ClusterConfiguration Joint(string change)
    {
        ConfigurationChanger.Apply(Members("v1 v2 v3"), Change(change), out ClusterConfiguration joint);
        return joint;
    }

    private static void AreOrdered<T>(T[] ordered, Func<T, T, bool> less, Func<T, T, bool> atMost, Func<T, T, bool> greater, Func<T, T, bool> atLeast)
    {
        for (int i = 0; i < ordered.Length; i++)
        {
            for (int k = 0; k < ordered.Length; k++)
            {
                (T left, T right) = (ordered[i], ordered[k]);
                Assert.That((less(left, right), atMost(left, right), greater(left, right), atLeast(left, right)), Is.EqualTo((i < k, i <= k, i > k, i >= k)));
            }
        }
    }
}
