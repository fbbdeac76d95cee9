using Raft.Core.Storage;

namespace Raft.Jepsen.Mutants;

/// <summary>A restart takes a configuration for being in force only when it is known to be committed.</summary>
internal sealed class ConfigurationInForceAtCommit()
    : Mutant("configuration-in-force-at-commit", "A restart goes by the newest committed configuration, not by the newest in the log.", "S14", "S6")
{
    public override RecoveredState Recover(RecoveredState state)
        => state with { Configurations = [.. state.Configurations.Where(entry => entry.Index <= state.HardState.Commit)] };
}
