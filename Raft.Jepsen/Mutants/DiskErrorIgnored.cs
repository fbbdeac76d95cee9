namespace Raft.Jepsen.Mutants;

/// <summary>A failed sync is taken for done, as .NET's own flush takes it.</summary>
internal sealed class DiskErrorIgnored() : Mutant("disk-error-ignored", "A failed sync is taken for done.", "S23", "S12", "S6", "E1")
{
    public override bool IgnoresDiskErrors => true;
}
