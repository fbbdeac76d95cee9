namespace Raft.Storage.Faster.Disk;

/// <summary>A file with positioned access. Reads are safe beside everything else.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>Path for messages.</summary>
    string Path { get; }

    /// <summary>Size in bytes.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="into"/>; bytes behind the file's end read as zeros.</summary>
    void Read(long offset, Span<byte> into);

    /// <summary>Writes all of <paramref name="bytes"/>; they survive a crash of the machine only after <see cref="Sync"/>.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Brings everything written so far to stable storage, or throws. After a failure what was written is in doubt for good.</summary>
    /// <exception cref="SyncFailedException">It failed.</exception>
    void Sync();

    /// <summary>As <see cref="Sync"/>, and with the file's metadata, as a new file needs.</summary>
    void SyncAll();
}
