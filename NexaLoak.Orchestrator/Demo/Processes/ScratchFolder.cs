using System.Diagnostics;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>
/// The demo's folder for everything it writes. A shell that waits for the end of its input removes the folder after this process, which
/// covers a demo that is killed and can't tidy up itself.
/// </summary>
internal sealed class ScratchFolder : IAsyncDisposable
{
    // A killed node may still be writing its last file while the folder is removed; the loop goes over it again.
    private const string Sweep = """
        exec >/dev/null 2>&1
        trap '' HUP INT TERM
        cat
        for i in 1 2 3 4 5 6 7 8 9 10; do
            rm -rf -- "$1" && [ ! -e "$1" ] && exit 0
            sleep 0.2
        done
        """;

    private const string Setsid = "/usr/bin/setsid";

    private readonly Process _sweeper;

    public ScratchFolder()
    {
        Path = Directory.CreateTempSubdirectory("nexaloak-demo-").FullName;
        string[] shell = ["/bin/sh", "-c", Sweep, "sweep", Path];
        string[] command = File.Exists(Setsid) ? [Setsid, .. shell] : shell;
        _sweeper = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true })
            ?? throw new OperatorException("/bin/sh can't be started. The demo needs it to tidy up.");
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Removes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _sweeper.StandardInput.Close();
        await _sweeper.WaitForExitAsync();
        _sweeper.Dispose();
    }
}
