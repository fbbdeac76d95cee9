using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// Calls of the C library. .NET's own syncs (<see cref="RandomAccess.FlushToDisk"/>, <see cref="FileStream.Flush(bool)"/>) return normally when
/// fsync(2) fails, and can't sync a directory at all.
/// </summary>
internal static partial class Libc
{
    private const int CloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC of Linux
    private const int KeepSizeAndPunchHole = 0x3; // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE of Linux
    private const uint WriteRange = 0x2; // SYNC_FILE_RANGE_WRITE of Linux
    private const int OperationNotSupported = 95; // EOPNOTSUPP of Linux

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

    /// <summary>Gives back the room of a file's first bytes, which are zeros then. Does nothing on a file system that can't.</summary>
    public static void PunchHole(SafeFileHandle file, string path, long length)
    {
        if (FAllocate(file, KeepSizeAndPunchHole, 0, length) != 0 && Marshal.GetLastPInvokeError() != OperationNotSupported)
        {
            throw new IOException($"Giving back a part of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>A hint to the kernel; what it answers says nothing that the next sync does not say.</summary>
    public static void BeginWriteback(SafeFileHandle file, long offset, long length) => _ = SyncFileRange(file, offset, length, WriteRange);

    private static SyncFailedException SyncFailed(string path) =>
        new($"Sync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}. Check the disk, then restart the node.", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);
}
