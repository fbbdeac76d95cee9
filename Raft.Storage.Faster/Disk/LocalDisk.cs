using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>A directory of the file system, held for this process alone.</summary>
internal sealed class LocalDisk : IDisk
{
    private readonly string _directory;
    private readonly SafeFileHandle _lock;

    private LocalDisk(string directory, SafeFileHandle lockFile)
    {
        _directory = directory;
        _lock = lockFile;
    }

    /// <summary>Creates the directory where it is missing, and takes it.</summary>
    /// <exception cref="StorageOpenException">It can't be had; the message says why.</exception>
    public static LocalDisk Take(string path)
    {
        string directory = Path.GetFullPath(path);
        if (File.Exists(directory))
        {
            throw new StorageOpenException($"Cannot use {directory} as storage: it is a file, not a directory. Name another path.");
        }

        try
        {
            CreateDurably(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageOpenException($"Cannot create the storage directory {directory}: {e.Message}", e);
        }

        return new LocalDisk(directory, DirectoryLock.Take(directory));
    }

    public string PathOf(string name) => Path.Combine(_directory, name);

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path))];

    public IDiskFile Open(string name) => OpenFile(name, FileMode.Open);

    public INewFile Begin(string name, long length) => new LocalNewFile(CreateFile(name), length, SyncDirectory);

    public IDiskFile CreateEmpty(string name) => CreateFile(name);

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void SyncDirectory() => Libc.SyncDirectory(_directory);

    public void Publish(string name, ReadOnlySpan<byte> content)
    {
        string temporary = name + IDisk.TemporarySuffix;
        using (IDiskFile file = CreateEmpty(temporary))
        {
            file.Write(0, content);
            file.SyncAll();
        }

        Rename(temporary, name);
        SyncDirectory();
    }

    public void Delete(string name)
    {
        File.Delete(PathOf(name));
        SyncDirectory();
    }

    public void Discard(string name, long length)
    {
        string path = PathOf(name);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Libc.PunchHole(file, path, length);
    }

    public void Dispose() => _lock.Dispose();

    private LocalFile CreateFile(string name)
    {
        try
        {
            return OpenFile(name, FileMode.Create);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot create {PathOf(name)}: {e.Message} {LocalFile.Remedy(e)}, then restart the node.", e);
        }
    }

    private LocalFile OpenFile(string name, FileMode mode) => LocalFile.Open(PathOf(name), mode, FileAccess.ReadWrite, FileShare.Read);

    private static void CreateDurably(string directory)
    {
        string? parent = Path.GetDirectoryName(directory);
        if (Directory.Exists(directory) || parent is null)
        {
            return;
        }

        CreateDurably(parent);
        Directory.CreateDirectory(directory);
        Libc.SyncDirectory(parent);
    }
}
