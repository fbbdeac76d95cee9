namespace Raft.Jepsen.Running;

/// <summary>A node did what it must not do under a fault; no verdict on the history can make that right.</summary>
internal sealed class MisbehaviourException(string message) : Exception(message);
