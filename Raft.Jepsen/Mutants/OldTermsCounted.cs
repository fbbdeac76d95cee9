using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>A leader commits entries of earlier terms by counting copies (Raft paper, Figure 8).</summary>
internal sealed class OldTermsCounted()
    : Mutant("old-terms-counted", "A leader commits entries of earlier terms by counting copies.", "S7", "S4")
{
    public override ulong CommitIndex(SimulatedNode node)
    {
        if (!node.IsLeader)
        {
            return base.CommitIndex(node);
        }

        IReadOnlyList<NodeId> voters = node.Core!.Configuration.Voters;
        var matches = new List<ulong> { node.Core.StableIndex };
        node.Core.VisitProgress((Voters: voters, Matches: matches), static (state, peer, match, _, _) =>
        {
            if (state.Voters.Contains(peer))
            {
                state.Matches.Add(match);
            }
        });
        return Math.Max(base.CommitIndex(node), matches.Order().ElementAt((matches.Count - 1) / 2));
    }
}
