namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>A killed server was started again on its old data.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Pid">Its new process id.</param>
internal sealed record RestartedEvent(string Node, int Pid) : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"{Node} was restarted (pid {Pid})";
}
