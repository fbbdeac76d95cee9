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
    private readonly NodeId[] _members;

    /// <summary>Creates a configuration.</summary>
    /// <param name="voters">Members whose majority decides.</param>
    /// <param name="votersOutgoing">Voters of the configuration that is being left; empty outside a change.</param>
    /// <param name="learners">Members that receive the log and do not vote.</param>
    /// <exception cref="ArgumentException">There is no voter, an id is <see cref="NodeId.None"/>, or a learner votes.</exception>
    public ClusterConfiguration(IEnumerable<NodeId> voters, IEnumerable<NodeId>? votersOutgoing = null, IEnumerable<NodeId>? learners = null)
    {
        _voters = Sorted(voters);
        _outgoing = Sorted(votersOutgoing ?? []);
        _learners = Sorted(learners ?? []);
        _members = Sorted(_voters.Concat(_outgoing).Concat(_learners));
        if (_voters.Length == 0)
        {
            throw new ArgumentException("A configuration needs at least one voter.", nameof(voters));
        }

        if (_members[0].IsNone)
        {
            throw new ArgumentException("0 is not a node id.", nameof(voters));
        }

        if (_learners.Any(id => IsVoter(id)))
        {
            throw new ArgumentException("A learner can't be a voter at the same time.", nameof(learners));
        }
    }

    /// <summary>Voters of the incoming half, ascending.</summary>
    public IReadOnlyList<NodeId> Voters => _voters;

    /// <summary>Voters of the outgoing half, ascending; empty unless <see cref="IsJoint"/>.</summary>
    public IReadOnlyList<NodeId> VotersOutgoing => _outgoing;

    /// <summary>Members that do not vote, ascending.</summary>
    public IReadOnlyList<NodeId> Learners => _learners;

    /// <summary>All members, ascending, each once.</summary>
    public IReadOnlyList<NodeId> Members => _members;

    /// <summary>True while two majorities are needed.</summary>
    public bool IsJoint => _outgoing.Length > 0;

    internal ReadOnlySpan<NodeId> VoterSpan => _voters;

    internal ReadOnlySpan<NodeId> OutgoingSpan => _outgoing;

    internal ReadOnlySpan<NodeId> MemberSpan => _members;

    /// <summary>True when the node votes in one of the halves.</summary>
    public bool IsVoter(NodeId id) => Array.BinarySearch(_voters, id) >= 0 || Array.BinarySearch(_outgoing, id) >= 0;

    /// <summary>True when the node belongs to the cluster.</summary>
    public bool Contains(NodeId id) => Array.BinarySearch(_members, id) >= 0;

    /// <inheritdoc/>
    public bool Equals(ClusterConfiguration? other)
        => other is not null && VoterSpan.SequenceEqual(other._voters) && OutgoingSpan.SequenceEqual(other._outgoing)
            && _learners.AsSpan().SequenceEqual(other._learners);

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

    /// <summary>The form of Raft's literature: <c>(1 2 3)&amp;&amp;(2 3 4) learners=(5)</c>.</summary>
    public override string ToString()
    {
        string text = Group(_voters);
        if (IsJoint)
        {
            text += "&&" + Group(_outgoing);
        }

        return _learners.Length == 0 ? text : $"{text} learners={Group(_learners)}";

        static string Group(NodeId[] ids) => $"({string.Join(' ', ids)})";
    }

    private static NodeId[] Sorted(IEnumerable<NodeId> ids)
    {
        NodeId[] sorted = [.. ids.Distinct()];
        Array.Sort(sorted);
        return sorted;
    }
}
