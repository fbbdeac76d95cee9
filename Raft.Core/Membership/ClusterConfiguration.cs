namespace Raft.Core.Membership;

/// <summary>
/// Who belongs to a cluster and who decides. While <see cref="VotersOutgoing"/> is not empty the configuration is joint: every decision needs a majority of
/// both halves (Raft paper, section 6). Immutable; compares by content.
/// </summary>
public sealed class ClusterConfiguration : IEquatable<ClusterConfiguration>
{
    private readonly NodeId[] _voters;
    private readonly NodeId[] _outgoing;
    private readonly NodeId[] _learners;
    private readonly NodeId[] _learnersNext;
    private readonly NodeId[] _witnesses;
    private readonly NodeId[] _members;
    private readonly SortedDictionary<NodeId, string> _addresses;

    /// <summary>Creates a configuration.</summary>
    /// <param name="voters">Members whose majority decides.</param>
    /// <param name="votersOutgoing">Voters of the configuration that is being left; empty outside a change.</param>
    /// <param name="learners">Members that receive the log and do not vote.</param>
    /// <param name="learnersNext">Outgoing voters that become learners when the joint configuration is left.</param>
    /// <param name="witnesses">Voters that store no commands.</param>
    /// <param name="addresses">Where members are reached, in whatever form the transport takes.</param>
    /// <exception cref="ArgumentException">There is no voter, an id is <see cref="NodeId.None"/>, or a node has two roles that exclude each other.</exception>
    public ClusterConfiguration(
        IEnumerable<NodeId> voters,
        IEnumerable<NodeId>? votersOutgoing = null,
        IEnumerable<NodeId>? learners = null,
        IEnumerable<NodeId>? learnersNext = null,
        IEnumerable<NodeId>? witnesses = null,
        IEnumerable<KeyValuePair<NodeId, string>>? addresses = null)
        : this(Sorted(voters), Sorted(votersOutgoing ?? []), Sorted(learners ?? []), Sorted(learnersNext ?? []), Sorted(witnesses ?? []), addresses ?? [])
    {
        Require(_voters.Length > 0, nameof(voters), "A configuration needs at least one voter.");
        Require(!_members[0].IsNone, nameof(voters), "0 is not a node id.");
        Require(!Array.Exists(_learners, IsVoter), nameof(learners), "A learner can't be a voter at the same time.");
        Require(
            Array.TrueForAll(_learnersNext, id => IsOutgoingVoter(id) && !IsIncomingVoter(id)),
            nameof(learnersNext),
            "Only a voter that is on its way out becomes a learner later.");
        Require(Array.TrueForAll(_witnesses, IsVoter), nameof(witnesses), "A witness is a voter.");
        Require(_addresses.Keys.All(Contains), nameof(addresses), "An address belongs to no member.");
        return;

        static void Require(bool holds, string name, string message)
        {
            if (!holds)
            {
                throw new ArgumentException(message, name);
            }
        }
    }

    private ClusterConfiguration(
        NodeId[] voters,
        NodeId[] outgoing,
        NodeId[] learners,
        NodeId[] learnersNext,
        NodeId[] witnesses,
        IEnumerable<KeyValuePair<NodeId, string>> addresses)
    {
        _voters = voters;
        _outgoing = outgoing;
        _learners = learners;
        _learnersNext = learnersNext;
        _witnesses = witnesses;
        _members = Sorted(voters.Concat(outgoing).Concat(learners));
        _addresses = new SortedDictionary<NodeId, string>(new Dictionary<NodeId, string>(addresses));
    }

    /// <summary>No members: what a node knows that has not heard of its cluster yet. It decides nothing.</summary>
    public static ClusterConfiguration Empty { get; } = new([], [], [], [], [], new Dictionary<NodeId, string>());

    /// <summary>Voters of the incoming half, ascending.</summary>
    public IReadOnlyList<NodeId> Voters => _voters;

    /// <summary>Voters of the outgoing half, ascending; empty unless <see cref="IsJoint"/>.</summary>
    public IReadOnlyList<NodeId> VotersOutgoing => _outgoing;

    /// <summary>Members that do not vote, ascending.</summary>
    public IReadOnlyList<NodeId> Learners => _learners;

    /// <summary>Outgoing voters that become learners when the joint configuration is left, ascending.</summary>
    public IReadOnlyList<NodeId> LearnersNext => _learnersNext;

    /// <summary>Voters that store no commands and never lead, ascending.</summary>
    public IReadOnlyList<NodeId> Witnesses => _witnesses;

    /// <summary>All members, ascending, each once.</summary>
    public IReadOnlyList<NodeId> Members => _members;

    /// <summary>Where members are reached, by id in ascending order; members without a known address are missing.</summary>
    public IReadOnlyDictionary<NodeId, string> Addresses => _addresses;

    /// <summary>True for <see cref="Empty"/>.</summary>
    public bool IsEmpty => _members.Length == 0;

    /// <summary>True while two majorities are needed.</summary>
    public bool IsJoint => _outgoing.Length > 0;

    /// <summary>True when each half has a voter that is no witness.</summary>
    internal bool HasFullVoters => Array.Exists(_voters, IsFullVoter) && (!IsJoint || Array.Exists(_outgoing, IsFullVoter));

    internal ReadOnlySpan<NodeId> VoterSpan => _voters;

    internal ReadOnlySpan<NodeId> OutgoingSpan => _outgoing;

    internal ReadOnlySpan<NodeId> MemberSpan => _members;

    /// <summary>True when the node votes in one of the halves.</summary>
    public bool IsVoter(NodeId id) => IsIncomingVoter(id) || IsOutgoingVoter(id);

    /// <summary>True when the node votes and stores no commands.</summary>
    public bool IsWitness(NodeId id) => Array.BinarySearch(_witnesses, id) >= 0;

    /// <summary>True when the node votes and stores all that it votes for, so that it may lead.</summary>
    public bool IsFullVoter(NodeId id) => IsVoter(id) && !IsWitness(id);

    /// <summary>True when the node belongs to the cluster.</summary>
    public bool Contains(NodeId id) => Array.BinarySearch(_members, id) >= 0;

    /// <inheritdoc/>
    public bool Equals(ClusterConfiguration? other)
        => other is not null && VoterSpan.SequenceEqual(other._voters) && OutgoingSpan.SequenceEqual(other._outgoing)
            && _learners.AsSpan().SequenceEqual(other._learners) && _learnersNext.AsSpan().SequenceEqual(other._learnersNext)
            && _witnesses.AsSpan().SequenceEqual(other._witnesses) && _addresses.SequenceEqual(other._addresses);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClusterConfiguration);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (NodeId id in _members)
        {
            hash.Add(id);
        }

        return hash.ToHashCode();
    }

    /// <summary>The form of Raft's literature: <c>(1 2 3)&amp;&amp;(2 3 4) learners=(5) learners_next=(4) witnesses=(3)</c>.</summary>
    public override string ToString()
    {
        string text = Group(_voters);
        if (IsJoint)
        {
            text += "&&" + Group(_outgoing);
        }

        return text + Named("learners", _learners) + Named("learners_next", _learnersNext) + Named("witnesses", _witnesses);

        static string Group(NodeId[] ids) => $"({string.Join(' ', ids)})";
        static string Named(string name, NodeId[] ids) => ids.Length == 0 ? "" : $" {name}={Group(ids)}";
    }

    /// <summary>True when the node votes in the half that stays.</summary>
    internal bool IsIncomingVoter(NodeId id) => Array.BinarySearch(_voters, id) >= 0;

    private bool IsOutgoingVoter(NodeId id) => Array.BinarySearch(_outgoing, id) >= 0;

    private static NodeId[] Sorted(IEnumerable<NodeId> ids)
    {
        NodeId[] sorted = [.. ids.Distinct()];
        Array.Sort(sorted);
        return sorted;
    }
}
