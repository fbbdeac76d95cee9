using Raft.Core.Consensus;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader changes the membership before it has committed an entry of its term.</summary>
internal sealed class ChangeBeforeOwnCommit()
    : Mutant("change-before-own-commit", "A leader changes the membership before it has committed in its term.", "S14")
{
    public override ConsensusRules Rules { get; } = new Eager();

    private sealed class Eager : ConsensusRules
    {
        public override bool MayChangeConfiguration(ulong commitIndex, ulong termStart) => true;
    }
}
