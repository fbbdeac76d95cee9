using Raft.Jepsen.Running.Network;

namespace Raft.Jepsen.Running;

/// <summary>The network that a run took, for its results.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Why">Why it was that one.</param>
/// <param name="LinkFaults">What the nemesis of links could do there.</param>
/// <param name="Counts">What happened on all links.</param>
internal sealed record RunNetwork(NetworkKind Kind, string Why, IReadOnlyList<LinkFaultKind> LinkFaults, IReadOnlyDictionary<string, long> Counts)
{
    public static RunNetwork Of(NetworkChoice choice) => new(choice.Network.Kind, choice.Why, choice.Network.Offers, choice.Network.Counts);
}
