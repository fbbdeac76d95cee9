using Raft.Core.StateMachine;

namespace Raft.Core.Sessions;

/// <summary>A <see cref="SessionStateMachine"/> over a state machine that can be saved. Its snapshots begin with the sessions; the application's content follows.</summary>
internal sealed class SnapshotSessionStateMachine(ISnapshotStateMachine inner) : SessionStateMachine(inner), ISnapshotStateMachine
{
    public IStateMachineSnapshot Capture() => new SessionSnapshot(CaptureTable(), inner.Capture());

    public void Restore(Stream content)
    {
        SessionTable table = SessionTableImage.Read(content);
        inner.Restore(content);
        Replace(table);
    }
}
