using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Jepsen.Mutants;

/// <summary>A restart forgets who got the vote.</summary>
internal sealed class VoteForgotten() : Mutant("vote-forgotten", "A restart forgets who got the vote.", "S10")
{
    public override RecoveredState Recover(RecoveredState state)
        => state with { HardState = state.HardState with { VotedFor = NodeId.None } };
}
