using Raft.Core.Consensus;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader trusts its lease as if all clocks ran alike.</summary>
internal sealed class LeaseIgnoresDrift() : Mutant("lease-ignores-drift", "A leader trusts its lease as if all clocks ran alike.", "S15")
{
    public override RaftOptions Configure(RaftOptions options) => options with { LeaseDriftPercent = 0 };
}
