namespace Raft.Core.StateMachine;

/// <summary>The state of a state machine at one moment, while it is being saved. Used by one thread, beside the one that applies further commands.</summary>
public interface IStateMachineSnapshot : IDisposable
{
    /// <summary>Writes the captured state. May be larger than memory: what is written does not gather there. An exception abandons the snapshot.</summary>
    void WriteTo(Stream content, CancellationToken cancellationToken);
}
