namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>A node's process ended, and its server's VPN service with it.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Pid">Process id that it had.</param>
/// <param name="By"><c>scenario</c> or <c>outside</c>.</param>
internal sealed record KilledEvent(string Node, int Pid, string By) : DemoEvent
{
    public const string Scenario = "scenario";
    public const string Outside = "outside";

    /// <inheritdoc/>
    public override string ToString() => $"{Node} (pid {Pid}) was killed, by {(By == Scenario ? "the scenario" : "someone outside")}";
}
