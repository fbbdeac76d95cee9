using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A restart does not compare the entries of the log with their checksums.</summary>
internal sealed class DamagedEntryAccepted()
    : Mutant("damaged-entry-accepted", "A restart takes a damaged entry of the log for a sound one.", "S22", "S5")
{
    public override bool StartsDamaged(SimulatedDisk disk, DiskDamage damage) => damage.Part == DiskPart.Log;
}
