using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

/// <summary>
/// Watches what no script may ever show, so that no expectation can be rewritten to it: two leaders of a term, and two different entries committed at an
/// index (Raft paper, Figure 3: Election Safety, State Machine Safety).
/// </summary>
internal sealed class ScriptSafety
{
    private readonly Dictionary<ulong, NodeId> _leaders = [];
    private readonly Dictionary<ulong, ulong> _committedTerms = [];

    public void OnLeader(NodeId node, ulong term)
    {
        if (!_leaders.TryAdd(term, node) && _leaders[term] != node)
        {
            throw new ScriptException($"Election Safety: both {_leaders[term]} and {node} lead term {term}");
        }
    }

    public void OnCommit(RaftCore core, ulong from, ulong to)
    {
        for (ulong index = from; index <= to; index++)
        {
            if (core.TermAt(index) is { } term && !_committedTerms.TryAdd(index, term) && _committedTerms[index] != term)
            {
                var other = new LogId(_committedTerms[index], index);
                throw new ScriptException($"State Machine Safety: {core.Id} commits {term}/{index}, and {other} was committed before");
            }
        }
    }
}
