namespace Raft.Jepsen.Simulation;

/// <summary>
/// All randomness of one run. Every purpose, node and link has a stream of its own, so a change in one of them shifts no draw of another.
/// </summary>
internal sealed class RandomStreams(ulong seed)
{
    public RandomStream Open(RandomPurpose purpose, int node = 0, int peer = 0)
        => new(Hash.Chain(Hash.Chain(Hash.Chain(Hash.Mix(seed), (ulong)purpose), (ulong)node), (ulong)peer));
}
