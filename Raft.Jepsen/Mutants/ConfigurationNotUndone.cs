using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Jepsen.Mutants;

/// <summary>A follower whose newest configuration is truncated goes on by it.</summary>
internal sealed class ConfigurationNotUndone()
    : Mutant("configuration-not-undone", "A configuration stays in force when its entry is truncated.", "S14", "assertion")
{
    public override ConsensusRules Rules { get; } = new Stubborn();

    private sealed class Stubborn : ConsensusRules
    {
        public override void UndoConfigurations(ConfigurationHistory configurations, ulong truncatedFrom)
        {
        }
    }
}
