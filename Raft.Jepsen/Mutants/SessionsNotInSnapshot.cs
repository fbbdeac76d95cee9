namespace Raft.Jepsen.Mutants;

/// <summary>A snapshot brings no sessions.</summary>
internal sealed class SessionsNotInSnapshot() : Mutant("sessions-not-in-snapshot", "A snapshot brings no sessions.", "S20", "S18", "S5")
{
    public override bool ForgetsSessions => true;
}
