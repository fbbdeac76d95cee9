namespace Raft.Jepsen.Mutants;

/// <summary>A confirmed read is served from the state as it is, although that state may be older than what was confirmed.</summary>
internal sealed class ServedBeforeApplied()
    : Mutant("served-before-applied", "A confirmed read is served before its index is applied.", "S15")
{
    public override ulong ServeLimit(ulong applied) => ulong.MaxValue;
}
