using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A node serves reads of a bounded age from what it knew four times as long ago.</summary>
internal sealed class StaleReadPastBound()
    : Mutant("stale-read-past-bound", "A read of a bounded age is served from what was known four times as long ago.", "S17")
{
    public override bool TryBoundedStaleRead(SimulatedNode node, long maxAge, out ulong index) => node.Core!.TryBoundedStaleRead(4 * maxAge, out index);
}
