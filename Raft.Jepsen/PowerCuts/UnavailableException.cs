namespace Raft.Jepsen.PowerCuts;

/// <summary>This machine, or this user, can't cut the power of a file system. The message is one line that says what is missing.</summary>
internal sealed class UnavailableException(string message) : Exception(message)
{
    /// <summary>What it takes.</summary>
    public const string Needs = "Cutting the power of a file system needs root, namespaces, loop devices and mkfs.ext4 or mkfs.xfs.";
}
