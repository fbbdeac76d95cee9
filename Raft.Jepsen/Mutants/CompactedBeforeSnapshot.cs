namespace Raft.Jepsen.Mutants;

/// <summary>The log is given up for a snapshot that is not on the disk yet.</summary>
internal sealed class CompactedBeforeSnapshot()
    : Mutant("compacted-before-snapshot", "The log is given up for a snapshot that is not durable yet.", "S21")
{
    public override bool ReportsSnapshotsAtOnce => true;
}
