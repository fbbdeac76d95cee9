using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader counts its own entries before they are durable.</summary>
internal sealed class OwnEntriesBeforeDurable()
    : Mutant("own-entries-before-durable", "A leader counts its own entries before they are durable.", "S6", "E1")
{
    public override bool ReportsAtIssue(SimulatedNode node) => node.IsLeader;
}
