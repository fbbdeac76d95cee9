using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Quorums;

namespace Raft.Jepsen.Mutants;

/// <summary>A candidate asks every node that it can reach, and counts whoever answers.</summary>
internal sealed class OutsiderVoteCounted()
    : Mutant("outsider-vote-counted", "A candidate counts the votes of nodes that were removed, or are no voters.", "S14", "S1", "S4")
{
    public override ConsensusRules Rules { get; } = new Headcount();

    public override bool ReachesEverybody(in Message message) => message.Type is MessageType.PreVoteRequest or MessageType.VoteRequest;

    private sealed class Headcount : ConsensusRules
    {
        public override bool IsElector(ClusterConfiguration configuration, NodeId member) => true;

        public override VoteResult Tally(ClusterConfiguration configuration, IReadOnlyDictionary<NodeId, bool> votes)
        {
            int most = Math.Max(configuration.Voters.Count, configuration.VotersOutgoing.Count) / 2;
            int granted = votes.Values.Count(vote => vote);
            return granted > most ? VoteResult.Won : votes.Count - granted > most ? VoteResult.Lost : VoteResult.Pending;
        }
    }
}
