using Raft.Core.StateMachine;

namespace Raft.Core.Sessions;

/// <summary>The sessions and the application's state at one moment.</summary>
internal sealed class SessionSnapshot(SessionTableImage table, IStateMachineSnapshot inner) : IStateMachineSnapshot
{
    public void WriteTo(Stream content, CancellationToken cancellationToken)
    {
        table.WriteTo(content, cancellationToken);
        inner.WriteTo(content, cancellationToken);
    }

    public void Dispose() => inner.Dispose();
}
