using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>Judges one promise.</summary>
internal interface IHistoryChecker
{
    CheckResult Check(History history);
}
