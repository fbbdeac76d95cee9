namespace Raft.Core.Membership;

/// <summary>
/// The algebra of configurations. A change of voters leads through a joint configuration, in which the old voters and the new ones decide together (Raft
/// paper, section 6); any other change takes one step. Safe to call from any thread.
/// </summary>
public static class ConfigurationChanger
{
    /// <summary>The configuration with which a change begins; it is also the last one, unless it is joint.</summary>
    /// <param name="current">The configuration in force.</param>
    /// <param name="change">What shall be different.</param>
    /// <param name="next">The configuration to append; <paramref name="current"/> when the change is refused.</param>
    /// <returns>Why the change is not possible; <c>null</c> when it is.</returns>
    public static ConfigurationRefusal? Apply(ClusterConfiguration current, ConfigurationChange change, out ClusterConfiguration next)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(change);
        next = current;
        if (current.IsJoint)
        {
            return Refuse(ConfigurationRefusalReason.Joint, $"The configuration {current} is still to be left.");
        }

        var roster = new MemberRoster(current);
        ConfigurationRefusal? refusal = FindContradiction(change) ?? roster.Take(change) ?? CheckVoters(current, roster);
        if (refusal is not null)
        {
            return refusal;
        }

        next = roster.Follow(current);
        return next.Equals(current) ? Refuse(ConfigurationRefusalReason.NothingChanges, $"The configuration is {current} already.") : null;
    }

    /// <summary>The configuration that ends a change: the incoming voters alone, with the demoted voters as learners.</summary>
    /// <exception cref="ArgumentException">The configuration is not joint.</exception>
    public static ClusterConfiguration Leave(ClusterConfiguration joint)
    {
        ArgumentNullException.ThrowIfNull(joint);
        if (!joint.IsJoint)
        {
            throw new ArgumentException($"The configuration {joint} is not joint.", nameof(joint));
        }

        IEnumerable<NodeId> learners = joint.Learners.Concat(joint.LearnersNext);
        return new ClusterConfiguration(
            joint.Voters,
            learners: learners,
            witnesses: joint.Witnesses.Where(joint.IsIncomingVoter),
            addresses: joint.Addresses.Where(address => joint.IsIncomingVoter(address.Key) || learners.Contains(address.Key)));
    }

    internal static ConfigurationRefusal Refuse(ConfigurationRefusalReason reason, string message) => new(reason, message);

    private static ConfigurationRefusal? FindContradiction(ConfigurationChange change)
    {
        for (int i = 0; i < change.Operations.Count; i++)
        {
            for (int k = 0; k < i; k++)
            {
                if (Contradict(change.Operations[k], change.Operations[i]))
                {
                    return Refuse(
                        ConfigurationRefusalReason.Contradiction, $"'{change.Operations[k]}' and '{change.Operations[i]}' can't both be.");
                }
            }
        }

        return null;
    }

    private static bool Contradict(in ConfigurationOperation one, in ConfigurationOperation other)
    {
        if (one.Id != other.Id)
        {
            return false;
        }

        bool sameRole = one.Kind == other.Kind
            || one.Kind == ConfigurationOperationKind.UpdateAddress || other.Kind == ConfigurationOperationKind.UpdateAddress;
        bool movesAndGoes = one.Kind != other.Kind
            && (one.Kind == ConfigurationOperationKind.Remove || other.Kind == ConfigurationOperationKind.Remove);
        bool sameAddress = one.Address is null || other.Address is null || one.Address == other.Address;
        return !sameRole || movesAndGoes || !sameAddress;
    }

    /// <summary>Each half needs somebody who stores the commands: whoever leads must have them.</summary>
    private static ConfigurationRefusal? CheckVoters(ClusterConfiguration current, MemberRoster roster)
    {
        if (roster.Voters.Count == 0 || current.IsEmpty)
        {
            return Refuse(ConfigurationRefusalReason.NoVoter, $"The configuration {current} can't do without voters.");
        }

        return current.HasFullVoters && roster.HasFullVoter
            ? null
            : Refuse(ConfigurationRefusalReason.OnlyWitnesses, $"The voters ({string.Join(' ', roster.Voters)}) would all be witnesses.");
    }
}
