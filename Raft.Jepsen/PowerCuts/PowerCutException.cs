namespace Raft.Jepsen.PowerCuts;

/// <summary>A power cut showed something that must not be. The message says what.</summary>
internal sealed class PowerCutException(string message) : Exception(message);
