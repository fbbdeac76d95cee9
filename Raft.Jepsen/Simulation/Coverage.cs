using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>Says which situations a campaign has met too rarely to prove anything about them.</summary>
internal static class Coverage
{
    /// <summary>Fewer seeds are too few to judge.</summary>
    public const long FewestSeeds = 1000;

    private const long Least = 100;
    private const long LeastPerSeeds = 20_000;

    /// <summary>How often a campaign of that many seeds must meet each situation: 100 times in 20,000 seeds.</summary>
    public static long LeastIn(long seeds) => Math.Max(1, seeds * Least / LeastPerSeeds);

    /// <summary>Whether clients can bring a situation about. Those of a workload pass nothing on, and their sessions outlast the run.</summary>
    private static bool IsPossible(Occurrence occurrence, Workload? workload) => workload is null || occurrence switch
    {
        Occurrence.ProposalForwarded or Occurrence.SessionExpired => false,
        Occurrence.DuplicateCommandSuppressed => workload is Workload.Session or Workload.Mixed,
        _ => true,
    };

    /// <summary>The situations that were met too rarely; none when there were too few seeds to judge.</summary>
    public static IReadOnlyList<Occurrence> TooRare(SeedCampaign campaign)
        => campaign.Seeds < FewestSeeds
            ? []
            : [.. Enum.GetValues<Occurrence>().Where(occurrence => IsPossible(occurrence, campaign.Workload)
                && campaign.OccurrencesOf(occurrence) < LeastIn(campaign.Seeds))];
}
