namespace Raft.Jepsen.Mutants;

/// <summary>A driver releases what the core handed out at once, so that later entries are written over those that are not on the disk yet.</summary>
internal sealed class ReleasedTooEarly()
    : Mutant("released-too-early", "Entries on their way to the disk are written over by later ones.", "S3", "S12", "E1", "S6", "S22")
{
    public override bool ReleasesAtOnce => true;
}
