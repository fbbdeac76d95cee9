using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>A file of a <see cref="LocalDisk"/>.</summary>
internal sealed class LocalFile(SafeFileHandle handle, string path) : IDiskFile
{
    public string Path => path;

    public long Length => RandomAccess.GetLength(handle);

    public void Read(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(handle, into, offset);
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
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Write to {path} failed at offset {offset}: {e.Message} Check the disk, then restart the node.", e);
        }
    }

    public void Sync() => Libc.SyncData(handle, path);

    public void SyncAll() => Libc.SyncAll(handle, path);

    public void Dispose() => handle.Dispose();
}
