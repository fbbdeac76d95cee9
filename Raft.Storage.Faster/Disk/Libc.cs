using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// The sync calls of the C library. .NET's own (<see cref="RandomAccess.FlushToDisk"/>, <see cref="FileStream.Flush(bool)"/>) return normally when
/// fsync(2) fails, and can't sync a directory at all.
/// </summary>
internal static partial class Libc
{
    private const int CloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC of Linux

    public static void SyncData(SafeFileHandle file, string path)
    {
        if (FDataSync(file) != 0)
        {
            throw SyncFailed(path);
        }
    }

    public static void SyncAll(SafeFileHandle file, string path)
    {
        if (FSync(file) != 0)
        {
            throw SyncFailed(path);
        }
    }

    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = OpenFile(path, CloseOnExec);
        if (directory.IsInvalid)
        {
            throw new SyncFailedException(
                $"Cannot open the directory {path} to sync it: {Marshal.GetLastPInvokeErrorMessage()}. Check the disk, then restart the node.",
                Marshal.GetLastPInvokeError());
        }

        SyncAll(directory, path);
    }

    private static SyncFailedException SyncFailed(string path) =>
        new($"Sync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}. Check the disk, then restart the node.", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);
}
