namespace NexaLoak.Orchestrator.Fleet;

/// <summary>The state machine refused a committed command; the state is as if it had not been proposed.</summary>
internal sealed class CommandRefusedException(string reason) : Exception($"The fleet's state refused the command: {reason}");
