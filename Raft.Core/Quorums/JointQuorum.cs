using Raft.Core.Membership;

namespace Raft.Core.Quorums;

/// <summary>Decides by separate majorities of both halves of a configuration (Raft paper, section 6). Outside a change the outgoing half is empty.</summary>
public static class JointQuorum
{
    /// <summary>Highest index that both majorities have reached.</summary>
    /// <inheritdoc cref="MajorityQuorum.CommittedIndex"/>
    public static ulong CommittedIndex<TState>(ClusterConfiguration configuration, Func<TState, NodeId, ulong> matchOf, TState state)
        => Math.Min(
            MajorityQuorum.CommittedIndex(configuration.VoterSpan, matchOf, state),
            MajorityQuorum.CommittedIndex(configuration.OutgoingSpan, matchOf, state));

    /// <summary>Where a vote stands: won when both halves won, lost when one of them lost.</summary>
    /// <inheritdoc cref="MajorityQuorum.Tally"/>
    public static VoteResult Tally<TState>(ClusterConfiguration configuration, Func<TState, NodeId, bool?> voteOf, TState state)
    {
        VoteResult incoming = MajorityQuorum.Tally(configuration.VoterSpan, voteOf, state);
        VoteResult outgoing = MajorityQuorum.Tally(configuration.OutgoingSpan, voteOf, state);
        return incoming == outgoing ? incoming
            : incoming == VoteResult.Lost || outgoing == VoteResult.Lost ? VoteResult.Lost
            : VoteResult.Pending;
    }
}
