using System.Runtime.InteropServices;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>How long is waited (<c>struct timespec</c>).</summary>
/// <param name="Seconds">Whole seconds.</param>
/// <param name="Nanoseconds">The rest.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PollLimit(nint Seconds, nint Nanoseconds)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static PollLimit Of(long nanoseconds) => new((nint)(nanoseconds / NanosecondsPerSecond), (nint)(nanoseconds % NanosecondsPerSecond));
}
