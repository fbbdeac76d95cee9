using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>A directory of the file system that is read and not changed, and that no node can have meanwhile.</summary>
internal sealed class ReadOnlyDisk : IDisk
{
    private readonly string _directory;
    private readonly SafeFileHandle? _lock;

    private ReadOnlyDisk(string directory, SafeFileHandle? lockFile)
    {
        _directory = directory;
        _lock = lockFile;
    }

    /// <summary>Opens a directory that no node runs on.</summary>
    /// <exception cref="StorageOpenException">It can't be had; the message says why.</exception>
    public static ReadOnlyDisk Share(string path)
    {
        string directory = Path.GetFullPath(path);
        if (!Directory.Exists(directory))
        {
            string what = File.Exists(directory) ? "is a file, not a directory" : "does not exist";
            throw new StorageOpenException($"{directory} {what}. Name the data directory of a stopped node.");
        }

        return new ReadOnlyDisk(directory, DirectoryLock.Share(directory));
    }

    public string PathOf(string name) => Path.Combine(_directory, name);

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path))];

    public IDiskFile Open(string name) => LocalFile.Open(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    public INewFile Begin(string name, long length) => throw Refused();

    public IDiskFile CreateEmpty(string name) => throw Refused();

    public void Rename(string from, string to) => throw Refused();

    public void SyncDirectory() => throw Refused();

    public void Publish(string name, ReadOnlySpan<byte> content) => throw Refused();

    public void Delete(string name) => throw Refused();

    public void Discard(string name, long length) => throw Refused();

    public void Dispose() => _lock?.Dispose();

    private NotSupportedException Refused() => new($"{_directory} is open for reading only.");
}
