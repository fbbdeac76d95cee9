namespace Raft.Jepsen.Simulation;

/// <summary>A simulated node's time of day, which somebody sets now and then.</summary>
internal sealed class NodeClock(SimulatedNode node, Scheduler scheduler) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => VirtualTime.TimeOfDay(node.WallClockAt(scheduler.Now));
}
