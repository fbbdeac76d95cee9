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

    /// <summary>The situations that were met too rarely; none when there were too few seeds to judge.</summary>
    public static IReadOnlyList<Occurrence> TooRare(SeedCampaign campaign)
        => campaign.Seeds < FewestSeeds
            ? []
            : [.. Enum.GetValues<Occurrence>().Where(occurrence => campaign.OccurrencesOf(occurrence) < LeastIn(campaign.Seeds))];
}
