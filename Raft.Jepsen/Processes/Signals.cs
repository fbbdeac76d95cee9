using System.Runtime.InteropServices;

namespace Raft.Jepsen.Processes;

/// <summary>Signals to a process of this machine, by the numbers of Linux.</summary>
internal static partial class Signals
{
    private const int Terminate = 15; // SIGTERM
    private const int Stop = 19; // SIGSTOP
    private const int Continue = 18; // SIGCONT

    /// <summary>Asks a process to end.</summary>
    public static void RequestEnd(int pid) => Send(pid, Terminate);

    /// <summary>Suspends a process.</summary>
    public static void Suspend(int pid) => Send(pid, Stop);

    /// <summary>Lets a suspended process go on.</summary>
    public static void Resume(int pid) => Send(pid, Continue);

    private static void Send(int pid, int signal)
    {
        if (Kill(pid, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} to process {pid} failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
