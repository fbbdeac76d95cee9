namespace Raft.Jepsen.Running.Campaigns;

/// <summary>A run of a campaign that is over.</summary>
/// <param name="Number">The how many-th it was, from 1.</param>
/// <param name="Options">What it did.</param>
/// <param name="Result">What came of it.</param>
internal sealed record CampaignRun(int Number, RunOptions Options, RunResult Result);
