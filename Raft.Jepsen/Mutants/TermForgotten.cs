using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Jepsen.Mutants;

/// <summary>The term is not stored: a restart finds that of the last entry.</summary>
internal sealed class TermForgotten()
    : Mutant("term-forgotten", "The term is not stored: a restart finds that of the last entry.", "S11", "S10", "S1")
{
    public override RecoveredState Recover(RecoveredState state)
        => state with
        {
            HardState = new HardState(state.TermRuns.Count == 0 ? state.Base.Term : state.TermRuns[^1].Term, NodeId.None, state.HardState.Commit),
        };
}
