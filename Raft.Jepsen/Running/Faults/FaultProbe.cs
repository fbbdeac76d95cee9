using System.Diagnostics;
using System.Globalization;
using Raft.Jepsen.Commands;
using Raft.Jepsen.Processes;
using Raft.Jepsen.Running.Nemeses;

namespace Raft.Jepsen.Running.Faults;

/// <summary>A process with the library of faults in it that tells what becomes of its calls. It ends with this one.</summary>
internal sealed class FaultProbe : IDisposable
{
    private readonly Process _process;

    /// <param name="settings">Decides on the faults.</param>
    public FaultProbe(FaultSettings settings)
    {
        string[] words = [.. OwnProgram.Command, FaultProbeCommand.Name];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string name, string value) in settings.Environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    /// <summary>Its id.</summary>
    public int Pid => _process.Id;

    /// <summary>Makes sure that faults of disks and clocks work on this machine.</summary>
    /// <param name="shim">The library.</param>
    /// <param name="folder">A folder for the files of the trial.</param>
    /// <exception cref="HarnessException">They have no effect.</exception>
    public static void Require(FaultShim shim, string folder)
    {
        string trial = Directory.CreateDirectory(Path.Combine(folder, "trial")).FullName;
        using var settings = new FaultSettings(shim, Path.Combine(folder, "faults"), trial);
        using var probe = new FaultProbe(settings);
        settings.FailSyncs(1);
        settings.ShiftWallClock(TimeSpan.FromDays(1));
        bool syncFails = probe.Sync(Path.Combine(trial, "file")) != FaultProbeAnswers.Done;
        bool clockJumps = probe.Clocks().Wall - DateTimeOffset.UtcNow > TimeSpan.FromHours(23);
        if (!syncFails || !clockJumps || settings.AnsweredBy != probe.Pid)
        {
            throw new HarnessException(
                "The library of faults has no effect on a process of .NET here, so LD_PRELOAD does not work. Run a dotnet that is linked with glibc, or leave "
                    + $"{string.Join(", ", NemesisCatalog.ShimNames)} out of --nemesis.");
        }
    }

    /// <summary>What its clocks show.</summary>
    public (DateTimeOffset Wall, TimeSpan Monotonic, TimeSpan Ticks) Clocks()
    {
        long[] shown = Numbers(Ask(FaultProbeAnswers.Clocks));
        return (DateTimeOffset.FromUnixTimeMilliseconds(shown[0]), TimeSpan.FromMilliseconds(shown[1]), TimeSpan.FromMilliseconds(shown[2]));
    }

    /// <summary>Writes to a file.</summary>
    /// <returns>What became of it.</returns>
    public string Write(string path) => Ask(FaultProbeAnswers.Write + path);

    /// <summary>Syncs a file.</summary>
    /// <returns>What became of it.</returns>
    public string Sync(string path) => Ask(FaultProbeAnswers.Sync + path);

    /// <summary>Waits in several ways.</summary>
    /// <returns>How long each took by the clock of that process.</returns>
    public IReadOnlyList<long> Wait(TimeSpan time) => Numbers(Ask(FaultProbeAnswers.Wait + ((int)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)));

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string question)
    {
        _process.StandardInput.WriteLine(question);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine()
            ?? throw new HarnessException("A process with the library of faults in it ended at once. Leave it out, or see what it wrote.");
    }

    private static long[] Numbers(string answer) => [.. answer.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
}
