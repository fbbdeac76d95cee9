using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Jepsen.Running.Namespaces;

/// <summary>Calls of Linux about namespaces that .NET does not have. Each sets the error of the thread.</summary>
internal static partial class NamespaceCalls
{
    /// <summary>Kinds of namespaces (CLONE_NEWNET, CLONE_NEWNS).</summary>
    public const int NewNetwork = 0x4000_0000, NewMounts = 0x2_0000;

    /// <summary>Root and working directory of a thread (CLONE_FS): it must have its own before it may enter another's mounts.</summary>
    public const int OwnDirectories = 0x200;

    private const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int what);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int Enter(SafeFileHandle space, int kind);

    /// <summary>Opens the file of a namespace; no child inherits it.</summary>
    public static SafeFileHandle Open(string path) => Open(path, CloseOnExec);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
