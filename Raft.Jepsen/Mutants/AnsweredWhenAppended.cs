using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A client hears that its command is done when its leader has appended it.</summary>
internal sealed class AnsweredWhenAppended()
    : Mutant("answered-when-appended", "A client hears that its command is done when its leader has appended it.", "S19")
{
    public override ulong AnswerLimit(SimulatedNode node) => node.Disk.Issued.LastIndex;
}
