namespace NexaLoak.Orchestrator.Demo;

/// <summary>The fleet did not do what it must. The message is one line.</summary>
internal sealed class DemoException(string message) : Exception(message);
