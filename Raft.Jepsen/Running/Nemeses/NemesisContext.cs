using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>What nemeses work on.</summary>
/// <param name="Cluster">The nodes.</param>
/// <param name="Recorder">Is told of each start and end of a fault.</param>
/// <param name="Tick">Length of a tick; an election timeout has ten to twenty.</param>
/// <param name="Abort">The run ends without a verdict: what was begun need not be ended.</param>
internal sealed record NemesisContext(Cluster Cluster, HistoryRecorder Recorder, TimeSpan Tick, CancellationToken Abort)
{
    /// <summary>Milliseconds after which followers surely campaign.</summary>
    public long LongestElectionMs => (long)(20 * Tick.TotalMilliseconds);
}
