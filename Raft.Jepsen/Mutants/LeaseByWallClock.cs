using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A node tells its core the time of day, which somebody sets. A driver hides from the core that it went back.</summary>
internal sealed class LeaseByWallClock() : Mutant("lease-by-wall-clock", "Leases are judged by a clock that is set while it runs.", "S15")
{
    public override long Clock(SimulatedNode node, long now) => node.MutantClock = Math.Max(node.MutantClock, node.WallClockAt(now));
}
