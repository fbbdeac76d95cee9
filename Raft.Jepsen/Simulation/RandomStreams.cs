namespace Raft.Jepsen.Simulation;

/// <summary>
/// All randomness of one run. Every purpose, node, link and fault has a stream of its own, so a change in one of them shifts no draw of
/// another.
/// </summary>
internal sealed class RandomStreams(ulong seed)
{
    private readonly ulong _root = Hash.Mix(seed);

    public RandomStream Open(RandomPurpose purpose, int node = 0, long number = 0) => new(Draw(purpose, node, number));

    /// <summary>A number that belongs to a purpose, a node and an ordinal, without opening a stream.</summary>
    public ulong Draw(RandomPurpose purpose, int node = 0, long number = 0)
        => Hash.Chain(Hash.Chain(Hash.Chain(_root, (ulong)purpose), (ulong)node), (ulong)number);

    /// <summary>True with a probability given in parts of a million, for a purpose, a node and an ordinal.</summary>
    public bool Chance(int perMillion, RandomPurpose purpose, int node, long number)
        => perMillion > 0 && Draw(purpose, node, number) % 1_000_000 < (ulong)perMillion;
}
