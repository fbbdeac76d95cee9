using Raft.Core.Log;
using Raft.Jepsen.Invariants;

namespace Raft.Jepsen.Simulation;

/// <summary>Counts what becomes of entries that a leader leaves behind.</summary>
internal sealed class LogTally(CommittedHistory committed, long[] occurrences) : IRoleObserver, ITruncationObserver, ICommitObserver
{
    private readonly Dictionary<ulong, int> _leaders = [];

    public void OnLeader(SimulatedNode node) => _leaders[node.Core!.Term] = node.Position;

    public void OnTruncating(SimulatedNode node, ulong from)
    {
        if (_leaders.TryGetValue(node.Disk.Issued[from].Entry.Term, out int author) && author == node.Position)
        {
            Count(Occurrence.DeposedLeaderLostItsEntries);
        }
    }

    public void OnCommit(SimulatedNode node, ulong before, ulong after)
    {
        if (!node.IsLeader || after <= before || committed.CommittedIn(after) != node.Core!.Term)
        {
            return;
        }

        Entry first = node.Disk.Issued[before + 1].Entry;
        bool isEarlier = first.Term < node.Core.Term && committed.CommittedIn(before + 1) == node.Core.Term;
        if (isEarlier && node.Disk.Issued[after].Entry.Type == EntryType.NoOp)
        {
            Count(Occurrence.EarlierTermCommittedByNoOpAlone);
        }

        if (isEarlier && _leaders.TryGetValue(first.Term, out int author) && author != node.Position)
        {
            Count(Occurrence.EntriesCommittedByAnotherLeader);
        }
    }

    private void Count(Occurrence occurrence) => occurrences[(int)occurrence]++;
}
