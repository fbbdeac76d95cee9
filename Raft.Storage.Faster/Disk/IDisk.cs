namespace Raft.Storage.Faster.Disk;

/// <summary>The one directory that a storage owns. The seam at which tests put a disk that fails, tears and forgets.</summary>
internal interface IDisk : IDisposable
{
    /// <summary>Path of a file for messages.</summary>
    string PathOf(string name);

    /// <summary>Names of the files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens an existing file for reading and writing.</summary>
    IDiskFile Open(string name);

    /// <summary>Creates a file of zeros. On return the zeros and the name are durable. A leftover of that name is replaced.</summary>
    IDiskFile Create(string name, long length);

    /// <summary>Creates a small file with its content, durably and all at once: after a crash it is there whole or not at all.</summary>
    void Publish(string name, ReadOnlySpan<byte> content);

    /// <summary>Removes a file, durably.</summary>
    void Delete(string name);
}
