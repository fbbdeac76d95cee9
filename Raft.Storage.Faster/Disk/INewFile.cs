namespace Raft.Storage.Faster.Disk;

/// <summary>A file of zeros in the making. Used by one thread at a time. Disposing removes what there is of it, unless it is finished.</summary>
internal interface INewFile : IDisposable
{
    /// <summary>Fills the file with zeros up to <paramref name="offset"/>, and has the disk begin to take them.</summary>
    void ZeroTo(long offset);

    /// <summary>Fills the rest. On return the zeros and the name are durable, and the file is the caller's.</summary>
    /// <exception cref="SyncFailedException">A sync failed; what there is of the file is in doubt for good.</exception>
    IDiskFile Finish();
}
