using System.Runtime.InteropServices;

namespace Raft.Jepsen.Serving;

/// <summary>
/// Ends this process with the one that started it, however that ends. Linux kills it then, also when it is suspended; the end of its standard input,
/// which the parent holds open, covers a parent that was gone before Linux was asked.
/// </summary>
internal sealed partial class ParentWatch : IDisposable
{
    /// <summary>The line on the standard output that says that from now on the process dies with its parent, also while it is suspended.</summary>
    public const string Announcement = "This node ends with the process that started it.";

    private const int SetParentDeathSignal = 1; // PR_SET_PDEATHSIG
    private const int Kill = 9; // SIGKILL
    private const int ParentGone = 1;

    // A Ctrl-C at the terminal goes to the parent's children too, which the parent ends itself, in order.
    private readonly PosixSignalRegistration _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);

    public ParentWatch()
    {
        if (ProcessControl(SetParentDeathSignal, Kill, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException($"prctl failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var watch = new Thread(AwaitEndOfInput) { IsBackground = true, Name = "parent watch" };
        watch.Start();
        Console.Out.WriteLine(Announcement);
    }

    public void Dispose() => _interrupt.Dispose();

    private static void AwaitEndOfInput()
    {
        using Stream input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Environment.Exit(ParentGone);
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);
}
