using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>
/// A node tells its core the time of day, which somebody sets. The driver hides that it went back; the core's clock stands still meanwhile, and neither a lease
/// nor a promise ends: reads are stale, or nobody may campaign.
/// </summary>
internal sealed class LeaseByWallClock() : Mutant("lease-by-wall-clock", "Leases are judged by a clock that is set while it runs.", "S15", "S17", "L1")
{
    public override long Clock(SimulatedNode node, long now) => node.MutantClock = Math.Max(node.MutantClock, node.WallClockAt(now));
}
