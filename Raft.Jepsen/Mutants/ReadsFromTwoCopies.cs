using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>Reads of a bounded age go to two copies of a node's state by turns, and one of the two is no newer than the read demands.</summary>
internal sealed class ReadsFromTwoCopies()
    : Mutant("reads-from-two-copies", "Reads of a bounded age go by turns to the state and to a copy that is no newer than it must be.", "S17")
{
    public override ulong StateServed(SimulatedNode node, ulong index) => node.MutantTicks++ % 2 == 0 ? node.StateMachine.AppliedIndex : index;
}
