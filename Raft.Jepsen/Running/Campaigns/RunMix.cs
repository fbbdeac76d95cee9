using Raft.Jepsen.Simulation;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running.Campaigns;

/// <summary>Draws what the runs of a campaign do. Each nemesis has its turn, alone at first, and then with others.</summary>
/// <param name="seed">Decides on all draws.</param>
/// <param name="each">For how long the faults of each run last.</param>
/// <param name="names">The nemeses.</param>
internal sealed class RunMix(ulong seed, TimeSpan each, IReadOnlyList<string> names)
{
    private const int MostOthers = 3;

    // Each of them costs a disk. Two at a time could cost a majority of them, and with it what was acknowledged, which is no defect.
    private static readonly string[] LosingDisks = ["wipe", "corrupt"];

    private static readonly int[] Sizes = [3, 5];

    private readonly RandomStreams _streams = new(seed);

    /// <summary>The run with a number, from 1 on, without its folder.</summary>
    public RunOptions Draw(int number)
    {
        RandomStream random = _streams.Open(RandomPurpose.Campaign, number: number);
        var nemeses = new List<string> { names[(number - 1) % names.Count] };
        int others = number <= names.Count ? 0 : random.Below(MostOthers + 1);
        while (nemeses.Count < 1 + others)
        {
            string name = names[random.Below(names.Count)];
            if (!nemeses.Contains(name) && !(LosingDisks.Contains(name) && nemeses.Exists(LosingDisks.Contains)))
            {
                nemeses.Add(name);
            }
        }

        return new RunOptions
        {
            Nodes = Sizes[random.Below(Sizes.Length)],
            Time = each,
            Workload = Enum.GetValues<Workload>()[random.Below(Enum.GetValues<Workload>().Length)],
            Nemeses = nemeses,
            Leases = random.Below(4) == 0,
            Seed = (ulong)random.Below(int.MaxValue),
            Folder = "",
        };
    }
}
