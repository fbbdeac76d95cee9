using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A new leader reads at a commit index of an earlier term.</summary>
internal sealed class ReadBeforeOwnCommit()
    : Mutant("read-before-own-commit", "A new leader reads at a commit index of an earlier term.", "S15")
{
    public override ulong ReadIndex(in PendingRead read, ulong confirmed) => read.CommitThen;
}
