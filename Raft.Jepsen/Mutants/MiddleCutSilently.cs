using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A damaged entry in the middle of the log is taken for a torn tail: the restart cuts it off with all behind it, and goes on.</summary>
internal sealed class MiddleCutSilently()
    : Mutant("middle-cut-silently", "A restart cuts the log at a damaged entry in the middle, and goes on.", "S22")
{
    public override bool StartsDamaged(SimulatedDisk disk, DiskDamage damage)
    {
        if (damage.Part != DiskPart.Log)
        {
            return false;
        }

        disk.CutFrom(damage.Index);
        return true;
    }
}
