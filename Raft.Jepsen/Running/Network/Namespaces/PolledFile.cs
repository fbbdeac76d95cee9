using System.Runtime.InteropServices;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>A file that is waited for (<c>struct pollfd</c>).</summary>
/// <param name="File">Its number.</param>
/// <param name="Awaited">What is waited for.</param>
/// <param name="Happened">What happened; filled in by the kernel.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PolledFile(int File, short Awaited, short Happened);
