namespace NexaLoak.Orchestrator.Emulator.Control;

/// <summary>Why the emulator does not do what another process asks.</summary>
internal sealed record ControlError(string Error);
