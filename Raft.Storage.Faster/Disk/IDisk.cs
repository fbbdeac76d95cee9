namespace Raft.Storage.Faster.Disk;

/// <summary>The one directory that a storage owns. The seam at which tests put a disk that fails, tears and forgets.</summary>
internal interface IDisk : IDisposable
{
    /// <summary>How names of files end that are being written, and mean nothing after a crash.</summary>
    const string TemporarySuffix = ".tmp";

    /// <summary>Path of a file for messages.</summary>
    string PathOf(string name);

    /// <summary>Names of the files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens an existing file for reading and writing.</summary>
    IDiskFile Open(string name);

    /// <summary>Begins a file of zeros. A leftover of that name is replaced.</summary>
    INewFile Begin(string name, long length);

    /// <summary>
    /// Creates an empty file that grows as it is written. Its name is durable only after <see cref="SyncDirectory"/>. A leftover is emptied.
    /// </summary>
    IDiskFile CreateEmpty(string name);

    /// <summary>Gives a file another name in one step, in place of a file that had it. Durable only after <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Makes the names durable as they are.</summary>
    /// <exception cref="SyncFailedException">They are in doubt, and so is everything else that was on its way to the disk.</exception>
    void SyncDirectory();

    /// <summary>Creates a small file with its content, durably and all at once: after a crash it is there whole or not at all.</summary>
    void Publish(string name, ReadOnlySpan<byte> content);

    /// <summary>Removes a file, durably, if it is there. Who has it open can go on reading it.</summary>
    void Delete(string name);

    /// <summary>
    /// Gives back the room that a file's first bytes take, if the file system can do that. The file keeps its length; from then on, and after a
    /// crash, those bytes are zeros or what they were.
    /// </summary>
    void Discard(string name, long length);
}
