namespace Raft.Core.Consensus;

/// <summary>
/// Listens to the protocol events of a core, so that an outside specification can judge a run. Called in the middle of the core's work, on its thread: an
/// implementation reads the core, and neither calls its methods that change it nor throws.
/// </summary>
public interface IRaftTrace
{
    /// <summary>Something happened inside the core, whose state is the one after it.</summary>
    void OnEvent(RaftCore core, RaftTraceEvent what);

    /// <summary>
    /// The core gave a message to its driver. A candidate's own vote and a leader's own acknowledgement show as messages to itself: they are sent when the
    /// vote is cast or the entry appended, and received once they are durable and count.
    /// </summary>
    void OnSend(RaftCore core, in Message message);

    /// <summary>A well-formed message arrived, and has had no effect yet.</summary>
    void OnReceive(RaftCore core, in Message message);
}
