using System.Collections.Concurrent;
using System.Diagnostics;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>
/// Starts child processes that end with this one, however it ends: the kernel kills them when their parent dies. It counts the thread that
/// started them as the parent, so a single thread starts them all and lives as long as the process.
/// </summary>
internal sealed class ChildLauncher : IDisposable
{
    // A session of its own keeps a Ctrl-C at the terminal from the children: the demo ends them itself, in order.
    private static readonly string[] Guard = ["/usr/bin/setsid", "/usr/bin/setpriv", "--pdeathsig", "KILL", "--"];
    private static readonly bool Guarded = File.Exists(Guard[0]) && File.Exists(Guard[1]);

    private readonly BlockingCollection<Action> _starts = [];
    private readonly Thread _parent;

    public ChildLauncher()
    {
        _parent = new Thread(Run) { IsBackground = true, Name = "child launcher" };
        _parent.Start();
    }

    /// <summary>Starts a program; its pid is the pid of the program itself.</summary>
    /// <exception cref="OperatorException">It can't be started.</exception>
    public Task<ChildProcess> StartAsync(string name, IReadOnlyList<string> command)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(new ChildProcess(name, Start(Guarded ? [.. Guard, .. command] : command)));
            }
            catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                started.SetException(new OperatorException(
                    $"{name} can't be started: {error.Message} Check that {command[0]} can be executed.", error));
            }
        });
        return started.Task;
    }

    /// <summary>Ends the launching thread, and with it every child that still runs.</summary>
    public void Dispose()
    {
        _starts.CompleteAdding();
        _parent.Join();
        _starts.Dispose();
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // One that is killed would leave what a debugger needs of it.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start) ?? throw new InvalidOperationException("no process came of it.");
    }

    private void Run()
    {
        foreach (Action start in _starts.GetConsumingEnumerable())
        {
            start();
        }
    }
}
