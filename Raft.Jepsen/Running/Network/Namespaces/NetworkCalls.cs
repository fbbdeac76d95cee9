using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>Calls of Linux about network devices that .NET does not have. Each sets the error of the thread.</summary>
internal static partial class NetworkCalls
{
    /// <summary>Flags of <see cref="Open"/> (O_CLOEXEC, O_NONBLOCK, O_RDWR): no child inherits what they open.</summary>
    public const int CloseOnExec = 0x80000, NonBlocking = 0x800, ReadWrite = 2;

    /// <summary>The errors that say that there is nothing to read now, or that a signal came first (EAGAIN, EINTR).</summary>
    public const int TryAgain = 11, Interrupted = 4;

    /// <summary>There is something to read (POLLIN).</summary>
    public const short Readable = 1;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeHandle file, nuint request, Span<byte> argument);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial SafeFileHandle MakeEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint count);

    /// <summary>Waits until one of the files can be read.</summary>
    /// <param name="files">The files.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="limit">Gives up after this; none for ever.</param>
    /// <param name="signals">Zero: those of the thread.</param>
    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Poll(Span<PolledFile> files, nuint count, ReadOnlySpan<PollLimit> limit, nint signals);
}
