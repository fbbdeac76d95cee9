using FASTER.core;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Recovery;

/// <summary>
/// Tells FASTER what to recover: the one commit at which our own scan of the log arrived. FASTER's own recovery takes damaged metadata for good and
/// starts empty after any exception, so nothing of it decides here. Its later commits need no metadata: each one's record lies in the log.
/// </summary>
internal sealed class RecoveredCommit(Checkpoint state) : ILogCommitManager
{
    public IEnumerable<long> ListCommits() => [(long)state.Commit];

    public byte[] GetCommitMetadata(long commitNum) => CommitRecord.ToFaster(state);

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
