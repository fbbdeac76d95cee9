using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A node applies what is durable, committed or not.</summary>
internal sealed class AppliedBeforeCommit()
    : Mutant("applied-before-commit", "A node applies what is durable, committed or not.", "S8", "S5", "E1")
{
    public override ulong ApplyLimit(SimulatedNode node, ulong applicable) => node.Core!.StableIndex;
}
