using Raft.Jepsen.Running.Clients;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>The nemeses that there are.</summary>
internal static class NemesisCatalog
{
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
    };

    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes the nemesis of a name out of <see cref="Names"/>.</summary>
    public static Nemesis Create(string name, Load load) => Makers[name](load);
}
