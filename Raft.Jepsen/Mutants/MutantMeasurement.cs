using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>Measures how many seeds it takes until a planted bug breaks one of the properties that it should break.</summary>
/// <param name="duration">Virtual time of each seed, in microseconds.</param>
/// <param name="repeats">How often each is measured.</param>
/// <param name="limit">After how many seeds a search gives up.</param>
/// <param name="threads">Threads that share the seeds.</param>
internal sealed class MutantMeasurement(long duration, int repeats, long limit, int threads)
{
    private const ulong SeedsApart = 1_000_000;

    public MutantVerdict Measure(Mutant mutant)
    {
        var seeds = new List<long?>();
        var properties = new SortedSet<string>(StringComparer.Ordinal);
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            var campaign = new SeedCampaign(new SimulationOptions(duration, mutant));
            long? needed = campaign.RunUntil(mutant.IsFoundBy, (ulong)repeat * SeedsApart, limit, threads);
            seeds.Add(needed);
            if (needed is not null)
            {
                properties.Add(campaign.Failures[^1].Failure!.Property);
            }
        }

        return new MutantVerdict(seeds, [.. properties]);
    }
}
