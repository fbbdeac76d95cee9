namespace Raft.Jepsen.Simulation;

/// <summary>What a node finds that its disk had held in another form.</summary>
/// <param name="Part">Where.</param>
/// <param name="Index">In the log: the entry.</param>
internal sealed record DiskDamage(DiskPart Part, ulong Index = 0)
{
    public override string ToString() => Part == DiskPart.Log ? $"a damaged entry {Index}" : $"a damaged {Part}";
}
