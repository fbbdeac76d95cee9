using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

/// <summary>One step of a change of the membership.</summary>
/// <param name="Kind">What shall be.</param>
/// <param name="Node">The node, by id.</param>
internal sealed record MemberChange(ConfigurationOperationKind Kind, int Node)
{
    public override string ToString() => $"{Kind} {Node}";
}
