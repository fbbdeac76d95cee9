using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>The nemeses that there are.</summary>
internal static class NemesisCatalog
{
    /// <summary>The nemesis of clocks, which decides on what a bound in time means.</summary>
    public const string Clock = "clock";

    /// <summary>The nemesis that needs a disk of its own for each node.</summary>
    public const string PowerCut = "powercut";

    private static readonly Dictionary<string, Func<Load, Nemesis>> Makers = new()
    {
        ["kill"] = _ => new KillNemesis(),
        ["pause"] = load => new PauseNemesis(load),
        ["partition"] = _ => new PartitionNemesis(),
        ["link"] = _ => new LinkNemesis(),
        ["transfer"] = _ => new TransferNemesis(),
        ["rolling"] = _ => new RollingNemesis(),
        ["member"] = _ => new MemberNemesis(losesDisk: false),
        ["wipe"] = _ => new MemberNemesis(losesDisk: true),
        ["corrupt"] = _ => new CorruptNemesis(),
        ["fsync"] = _ => new SyncNemesis(),
        ["slowdisk"] = _ => new SlowDiskNemesis(),
        ["diskfull"] = _ => new FullDiskNemesis(),
        [PowerCut] = _ => new PowerCutNemesis(),
        [Clock] = load => new ClockNemesis(load.Options.Leases),
    };

    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Those that need the fault shim in the processes of the nodes.</summary>
    public static IReadOnlyList<string> ShimNames { get; } = ["fsync", "slowdisk", "diskfull", Clock];

    /// <summary>Makes the nemesis of a name out of <see cref="Names"/>.</summary>
    public static Nemesis Create(string name, Load load) => Makers[name](load);
}
