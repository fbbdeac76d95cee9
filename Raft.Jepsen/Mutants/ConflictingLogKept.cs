using Raft.Core.Consensus;
using Raft.Core.Log;

namespace Raft.Jepsen.Mutants;

/// <summary>Who installs a snapshot keeps its log if that is long enough, and does not look whose entries they are.</summary>
internal sealed class ConflictingLogKept()
    : Mutant("conflicting-log-kept", "A snapshot leaves a log in place that conflicts with it.", "S20", "S9", "S5", "S3")
{
    public override ConsensusRules Rules { get; } = new ByLength();

    private sealed class ByLength : ConsensusRules
    {
        public override bool MayKeepLog(RaftLog log, LogId snapshotEnd) => snapshotEnd.Index <= log.LastIndex;
    }
}
