namespace Raft.Core.Membership;

/// <summary>What every member shall be at the end of a change: a scratch pad of <see cref="ConfigurationChanger"/>.</summary>
internal sealed class MemberRoster
{
    private readonly SortedDictionary<NodeId, Part> _parts = [];
    private readonly SortedDictionary<NodeId, string> _addresses = [];

    /// <summary>Starts from a configuration that is not joint.</summary>
    public MemberRoster(ClusterConfiguration current)
    {
        foreach (NodeId id in current.Members)
        {
            _parts[id] = !current.IsVoter(id) ? Part.Learner : current.IsWitness(id) ? Part.Witness : Part.Voter;
        }

        foreach ((NodeId id, string address) in current.Addresses)
        {
            _addresses[id] = address;
        }
    }

    private enum Part
    {
        Absent = 0,
        Voter = 1,
        Witness = 2,
        Learner = 3,
    }

    public IReadOnlyList<NodeId> Voters => [.. Those(Part.Voter).Concat(Those(Part.Witness)).Order()];

    public bool HasFullVoter => Those(Part.Voter).Any();

    /// <summary>Carries out steps that do not contradict each other.</summary>
    public ConfigurationRefusal? Take(ConfigurationChange change)
    {
        foreach (ConfigurationOperation operation in change.Operations)
        {
            if (operation.Kind != ConfigurationOperationKind.UpdateAddress && TakePart(operation) is { } refusal)
            {
                return refusal;
            }
        }

        foreach (ConfigurationOperation operation in change.Operations)
        {
            if (TakeAddress(operation) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>
    /// The step from a configuration towards this one. Demoted voters stay voters of the outgoing half, and wait in
    /// <see cref="ClusterConfiguration.LearnersNext"/>; whoever goes stays a voter, with its address, as long as the old half decides.
    /// </summary>
    public ClusterConfiguration Follow(ClusterConfiguration current)
    {
        IReadOnlyList<NodeId> voters = Voters;
        bool sameVoters = voters.SequenceEqual(current.Voters);
        IReadOnlyList<NodeId> outgoing = sameVoters ? [] : current.Voters;
        var learners = Those(Part.Learner).ToLookup(outgoing.Contains);
        IEnumerable<KeyValuePair<NodeId, string>> leaving = current.Addresses.Where(address => outgoing.Contains(address.Key) && !_parts.ContainsKey(address.Key));
        return new ClusterConfiguration(
            voters,
            outgoing,
            learners[false],
            learners[true],
            sameVoters ? Those(Part.Witness) : Those(Part.Witness).Concat(current.Witnesses),
            _addresses.Concat(leaving));
    }

    private IEnumerable<NodeId> Those(Part part) => _parts.Where(member => member.Value == part).Select(member => member.Key);

    private ConfigurationRefusal? TakePart(in ConfigurationOperation operation)
    {
        Part before = _parts.GetValueOrDefault(operation.Id);
        Part after = operation.Kind switch
        {
            ConfigurationOperationKind.AddVoter => Part.Voter,
            ConfigurationOperationKind.AddLearner => Part.Learner,
            ConfigurationOperationKind.AddWitness => Part.Witness,
            _ => Part.Absent,
        };
        bool inPlace = before != Part.Absent && after != Part.Absent && before != after;
        if (inPlace && (before == Part.Witness || after == Part.Witness))
        {
            return ConfigurationChanger.Refuse(
                ConfigurationRefusalReason.WitnessInPlace, $"Node {operation.Id} is a {before} and can only come back as a {after} under a new id.");
        }

        if (after == Part.Absent)
        {
            _parts.Remove(operation.Id);
            _addresses.Remove(operation.Id);
        }
        else
        {
            _parts[operation.Id] = after;
        }

        return null;
    }

    private ConfigurationRefusal? TakeAddress(in ConfigurationOperation operation)
    {
        if (operation.Address is null)
        {
            return null;
        }

        if (!_parts.ContainsKey(operation.Id))
        {
            return ConfigurationChanger.Refuse(ConfigurationRefusalReason.NotAMember, $"Node {operation.Id} is no member and needs no address.");
        }

        _addresses[operation.Id] = operation.Address;
        return null;
    }
}
