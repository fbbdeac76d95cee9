using NUnit.Framework;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class ReadFloorTests
{
    [Test]
    public void It_knows_what_it_was_at_earlier_times()
    {
        var floor = new ReadFloor(remembers: true);
        floor.Raise(10, 5);
        floor.Raise(20, 4);
        floor.Raise(30, 9);
        Assert.That(floor.Now, Is.EqualTo(9));
        Assert.That(new long[] { 9, 10, 29, 30, 31 }.Select(floor.At), Is.EqualTo(new ulong[] { 0, 5, 5, 9, 9 }));
    }
}
