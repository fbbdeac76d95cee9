namespace Raft.Jepsen.Mutants;

/// <summary>A write for which the disk had no room is taken for done.</summary>
internal sealed class FullDiskIgnored()
    : Mutant("full-disk-ignored", "A write for which the disk had no room is taken for done.", "S23", "S12", "S6", "E1")
{
    public override bool IgnoresFullDisks => true;
}
