namespace Raft.Core.StateMachine;

/// <summary>
/// A state machine that can save its state and load it again, so that the log behind it can be given up. A node whose state machine is none of these
/// keeps its whole log for ever.
/// </summary>
public interface ISnapshotStateMachine : IStateMachine
{
    /// <summary>
    /// Captures the state as it is after the last command that was applied. Called by the thread that applies commands, which waits for it: hand out a
    /// reference to immutable data, or copy what changes.
    /// </summary>
    IStateMachineSnapshot Capture();

    /// <summary>Replaces the whole state by one that was captured, here or on another node, and read to the end. Called by the thread that applies commands.</summary>
    /// <param name="content">What <see cref="IStateMachineSnapshot.WriteTo"/> wrote; its checksum is verified when the end is reached.</param>
    void Restore(Stream content);
}
