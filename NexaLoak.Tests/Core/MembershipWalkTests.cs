using NUnit.Framework;

namespace NexaLoak.Tests.Core;

/// <summary>Members change while everything goes wrong.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MembershipWalkTests
{
    [Category("Long")]
    [Test]
    public void G15_nothing_committed_is_lost_and_every_change_ends([Range(0, 9)] int tens)
    {
        int changes = 0;
        for (int seed = 10 * tens; seed < 10 * (tens + 1); seed++)
        {
            var walk = new MembershipWalk(seed);
            Assert.DoesNotThrow(() => walk.Run(steps: 4000), "seed {0}", seed);
            Assert.That(walk.Heals(), $"seed {seed} ends without a leader that works:\n{walk}");
            changes += walk.Changes;
        }

        Assert.That(changes, Is.GreaterThan(20), "the walk changes something");
    }
}
