namespace Raft.Storage.Faster;

/// <summary>
/// A directory can't be used as storage, and nothing in it was changed: another process has it open, it belongs to another node, it is of another version
/// of the format, it isn't a directory, or the system denies access. The message is one line that says which and what to do.
/// </summary>
public sealed class StorageOpenException : IOException
{
    /// <summary>Creates the exception.</summary>
    public StorageOpenException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the failure of the system that caused it.</summary>
    public StorageOpenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
