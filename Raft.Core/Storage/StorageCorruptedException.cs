namespace Raft.Core.Storage;

/// <summary>
/// Stored data is not what had been written. A node must not go on: behind the damage may lie entries that it promised to keep.
/// The message names the place and what to do.
/// </summary>
public sealed class StorageCorruptedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StorageCorruptedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the failure that revealed the damage.</summary>
    public StorageCorruptedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
