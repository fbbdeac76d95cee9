using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core;

/// <summary>Keeping out of leadership on the driver's word.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class WithdrawalTests
{
    [Test]
    public void I7_a_leader_that_withdraws_follows_nobody_in_its_term_and_another_is_elected()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster[1].Core.Withdraw();
        Assert.That((cluster[1].Core.Role, cluster[1].Core.Term, cluster[1].Core.Leader), Is.EqualTo((Role.Follower, 1UL, NodeId.None)));

        cluster.Pass(100, () => !cluster[1].Core.Leader.IsNone);
        Assert.That((cluster[1].Core.Leader.Value, cluster[1].Core.Role), Is.EqualTo((cluster[2].Core.Leader.Value, Role.Follower)));
    }

    [Test]
    public void I7_who_has_withdrawn_neither_campaigns_nor_takes_over_but_votes()
    {
        TestCluster cluster = new TestCluster(3).Elect(1);
        cluster[3].Core.Withdraw();
        cluster[1].Core.TransferLeadership(new NodeId(3));
        cluster.Settle();
        Assert.That((cluster[3].Core.Role, cluster[3].Core.Term), Is.EqualTo((Role.Follower, 1UL)));

        cluster.Loses = message => TestCluster.Touches(message, 1);
        for (int tick = 0; tick < 100; tick++)
        {
            cluster[3].Core.Tick();
        }

        Assert.That((cluster[3].Core.Role, cluster[3].Core.Term), Is.EqualTo((Role.Follower, 1UL)));
        cluster.Pass(100, () => cluster[2].Core.Role == Role.Leader);
        Assert.That(cluster[3].Core.Leader.Value, Is.EqualTo(2UL), "it votes");
    }

    [Test]
    public void Who_returns_campaigns_again()
    {
        TestCluster cluster = new TestCluster(1).Elect(1);
        cluster[1].Core.Withdraw();
        cluster.Pass(100);
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Follower));

        cluster[1].Core.Return();
        cluster.Pass(100, () => cluster[1].Core.Role == Role.Leader);
        Assert.That(cluster[1].Core.Role, Is.EqualTo(Role.Leader));
    }
}
