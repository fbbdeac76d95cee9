using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Jepsen.PowerCuts;

/// <summary>Calls of Linux that .NET does not have.</summary>
internal static partial class SystemCalls
{
    private const int OpenDirectory = 0x90000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC
    private const nuint ShutDownFileSystem = 0x8004_587D; // EXT4_IOC_SHUTDOWN, which is XFS_IOC_GOINGDOWN too
    private const uint WithoutFlushingTheLog = 2;

    /// <summary>
    /// Ends a mounted file system as a power cut does: nothing reaches its device any more, neither written pages nor the open transaction of its journal.
    /// </summary>
    /// <exception cref="IOException">It did not work.</exception>
    public static void CutPower(string mountPoint)
    {
        using SafeFileHandle directory = OpenFile(mountPoint, OpenDirectory);
        uint how = WithoutFlushingTheLog;
        if (directory.IsInvalid || Control(directory, ShutDownFileSystem, ref how) != 0)
        {
            throw new IOException($"Cannot cut the power of {mountPoint}: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref uint argument);
}
