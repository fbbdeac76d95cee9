using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Raft.Jepsen.Running.Processes;

/// <summary>
/// Starts child processes. Linux kills a child that asked for it when the thread that started it ends, so a single thread starts them all and lives as
/// long as the run.
/// </summary>
internal sealed class ChildLauncher : IDisposable
{
    private readonly BlockingCollection<Action> _starts = [];
    private readonly Action _enter;
    private readonly Thread _parent;

    /// <summary>Begins to wait for what is to be started.</summary>
    /// <param name="enter">Takes the thread that starts children to where they shall run; does nothing when it is there.</param>
    public ChildLauncher(Action enter)
    {
        _enter = enter;
        _parent = new Thread(Run) { IsBackground = true, Name = "child launcher" };
        _parent.Start();
    }

    /// <summary>Starts a program with all its standard streams redirected.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">What it gets in its environment beside what this process has.</param>
    /// <exception cref="HarnessException">It can't be started.</exception>
    public Task<Process> StartAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                _enter();
                started.SetResult(Start(command, environment));
            }
            catch (HarnessException error)
            {
                started.SetException(error);
            }
            catch (Exception error) when (error is Win32Exception or InvalidOperationException)
            {
                started.SetException(new HarnessException($"{command[0]} can't be started: {error.Message} Check that it can be executed.", error));
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

    private static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The settings of this program suit the simulator: a node needs no large nursery, and lives too short to be recompiled.
        start.Environment["DOTNET_GCgen0size"] = "0x1000000";
        start.Environment["DOTNET_TieredPGO"] = "0";

        // One that is killed would leave what a debugger needs of it.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

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
