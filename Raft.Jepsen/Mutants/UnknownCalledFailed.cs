namespace Raft.Jepsen.Mutants;

/// <summary>When leadership is lost, clients hear that their commands failed, though a successor may commit them.</summary>
internal sealed class UnknownCalledFailed()
    : Mutant("unknown-called-failed", "When leadership is lost, clients hear that their commands failed.", "S19")
{
    public override bool CallsUnknownFailed => true;
}
