using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>A file of a <see cref="LocalDisk"/>.</summary>
internal sealed class LocalFile : IDiskFile
{
    private const int NoSpace = 28; // ENOSPC of Linux
    private const int NoQuota = 122; // EDQUOT

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private LocalFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    public string Path => _path;

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Opens or creates a file.</summary>
    /// <exception cref="IOException">It failed; the message names the file.</exception>
    public static LocalFile Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        SafeFileHandle handle = File.OpenHandle(path, mode, access, share);
        try
        {
            // Here .NET learns, once for all, that the file has positions. When it learned that no sooner than with the first write, it would take a file on
            // a disk that is just gone for a pipe, and write without regard to the offset.
            RandomAccess.GetLength(handle);
            return new LocalFile(handle, path);
        }
        catch (NotSupportedException e)
        {
            handle.Dispose();
            throw new IOException($"Opening {path} failed: the disk gives no access to its content. Check the disk, then restart the node.", e);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Read(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int read = ReadSome(offset, into);
            if (read == 0)
            {
                into.Clear();
                return;
            }

            offset += read;
            into = into[read..];
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Write to {_path} failed at offset {offset}: {e.Message} {Remedy(e)}, then restart the node.", e);
        }
    }

    /// <summary>What to do about a failed write.</summary>
    public static string Remedy(Exception failure) => failure.HResult is NoSpace or NoQuota ? "Make room on the disk" : "Check the disk";

    /// <summary>
    /// Has the disk begin to take what was written in a range, so that less is left for a later sync. A failure, or a file system that can't, changes nothing:
    /// that sync reports it, or does all of the work.
    /// </summary>
    public void BeginWriteback(long offset, long length) => Libc.BeginWriteback(_handle, offset, length);

    public void Sync() => Libc.SyncData(_handle, _path);

    public void SyncAll() => Libc.SyncAll(_handle, _path);

    public void Dispose() => _handle.Dispose();

    private int ReadSome(long offset, Span<byte> into)
    {
        try
        {
            return RandomAccess.Read(_handle, into, offset);
        }
        catch (IOException e)
        {
            throw new IOException($"Reading {_path} failed at offset {offset}: {e.Message} Check the disk.", e);
        }
    }
}
