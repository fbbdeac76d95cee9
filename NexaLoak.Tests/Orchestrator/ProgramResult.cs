namespace NexaLoak.Tests.Orchestrator;

/// <summary>How a program ended, and what it wrote.</summary>
internal sealed record ProgramResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors);
