namespace Raft.Jepsen.Mutants;

/// <summary>A leader that was paused serves the reads that came meanwhile by the lease that it had before.</summary>
internal sealed class LeaseNotRechecked()
    : Mutant("lease-not-rechecked", "After a pause a leader reads by the lease that it had before it.", "S15")
{
    public override bool TrustsLeaseOverPause => true;
}
