namespace Raft.Jepsen.Mutants;

/// <summary>A leader serves reads without asking whether it still leads.</summary>
internal sealed class ReadWithoutRound()
    : Mutant("read-without-round", "A leader serves reads without asking whether it still leads.", "S15")
{
    public override bool ServesReadsAtOnce => true;
}
