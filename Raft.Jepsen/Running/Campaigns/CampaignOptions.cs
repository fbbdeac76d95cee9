namespace Raft.Jepsen.Running.Campaigns;

/// <summary>What a campaign does.</summary>
internal sealed record CampaignOptions
{
    /// <summary>Decides on the mixes, and on the seed of each run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>No run begins after this time.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>For how long the faults of each run last.</summary>
    public required TimeSpan Each { get; init; }

    /// <inheritdoc cref="RunOptions.LeaderWithin"/>
    public TimeSpan? LeaderWithin { get; init; }

    /// <summary>Gets a folder for each run that was not valid, and a line in a file for each run.</summary>
    public required string Folder { get; init; }
}
