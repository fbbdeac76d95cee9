namespace Raft.Jepsen.PowerCuts;

/// <summary>This machine, or this user, can't cut the power of a file system. The message is one line that says what is missing.</summary>
internal sealed class UnavailableException(string message) : Exception(message);
