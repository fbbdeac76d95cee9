namespace Raft.Jepsen.Mutants;

/// <summary>A node whose disk was replaced by an empty one comes back under its old id: it has forgotten its votes and what it acknowledged.</summary>
internal sealed class WipedNodeVotes()
    : Mutant("wiped-node-votes", "A node comes back under its old id with an empty disk.", "S10", "S11", "S22")
{
    public override bool StartsWiped => true;
}
