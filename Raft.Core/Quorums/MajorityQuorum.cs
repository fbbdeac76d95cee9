using Raft.Core.Membership;

namespace Raft.Core.Quorums;

/// <summary>Decides by the majority of a set of voters: more than half of them. Allocates nothing for up to 16 voters.</summary>
public static class MajorityQuorum
{
    private const int StackVoters = 16;

    /// <summary>Smallest number of members that is more than half of <paramref name="voters"/>.</summary>
    public static int Size(int voters) => (voters / 2) + 1;

    /// <summary>
    /// Highest index that a majority has reached. An empty set of voters agrees to anything, so that it leaves the decision to the other half of a
    /// joint configuration.
    /// </summary>
    /// <param name="voters">The voters, each once.</param>
    /// <param name="matchOf">Highest index that a voter has reached.</param>
    /// <param name="state">Passed on to <paramref name="matchOf"/>.</param>
    public static ulong CommittedIndex<TState>(ReadOnlySpan<NodeId> voters, Func<TState, NodeId, ulong> matchOf, TState state)
    {
        if (voters.IsEmpty)
        {
            return ulong.MaxValue;
        }

        Span<ulong> matches = voters.Length <= StackVoters ? stackalloc ulong[voters.Length] : new ulong[voters.Length];
        for (int i = 0; i < voters.Length; i++)
        {
            matches[i] = matchOf(state, voters[i]);
        }

        matches.Sort();
        return matches[voters.Length - Size(voters.Length)];
    }

    /// <summary>Where a vote stands. An empty set of voters has agreed.</summary>
    /// <param name="voters">The voters, each once.</param>
    /// <param name="voteOf">What a voter said, or <c>null</c> if it said nothing yet.</param>
    /// <param name="state">Passed on to <paramref name="voteOf"/>.</param>
    public static VoteResult Tally<TState>(ReadOnlySpan<NodeId> voters, Func<TState, NodeId, bool?> voteOf, TState state)
    {
        int granted = 0;
        int missing = 0;
        foreach (NodeId voter in voters)
        {
            switch (voteOf(state, voter))
            {
                case true:
                    granted++;
                    break;
                case null:
                    missing++;
                    break;
                default:
                    break;
            }
        }

        int needed = voters.IsEmpty ? 0 : Size(voters.Length);
        return granted >= needed ? VoteResult.Won
            : granted + missing >= needed ? VoteResult.Pending
            : VoteResult.Lost;
    }
}
