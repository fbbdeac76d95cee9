namespace Raft.Jepsen.Running;

/// <summary>What rounds of kills did.</summary>
/// <param name="Completed">Rounds after which enough was acknowledged again.</param>
/// <param name="ByTarget">Rounds by what was killed: the leader, one, a minority, a majority, all.</param>
/// <param name="Processes">Processes that were killed.</param>
/// <param name="RecoveryMsMedian">Median of the milliseconds from the restart to the first change that was acknowledged after it.</param>
/// <param name="RecoveryMsMax">The longest of those.</param>
internal sealed record KillRoundsResult(
    int Completed, IReadOnlyDictionary<string, int> ByTarget, int Processes, double RecoveryMsMedian, double RecoveryMsMax);
