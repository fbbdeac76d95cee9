using System.ComponentModel;
using System.Diagnostics;
using NUnit.Framework;

namespace NexaLoak.Tests.Samples;

/// <summary>strace on a running process, where it lets system calls fail.</summary>
internal sealed class Strace : IDisposable
{
    private readonly Process _process;

    private Strace(Process process) => _process = process;

    /// <summary>The command line that runs a program under strace. Ignores the test where strace can't be had.</summary>
    public static IReadOnlyList<string> Running(string folder, IReadOnlyList<string> options)
    {
        string[] words = ["-f", "-qq", "-o", Path.Combine(folder, "calls"), .. options];
        using Process trial = Start([.. words, "true"]);
        string errors = trial.StandardError.ReadToEnd();
        trial.WaitForExit();
        if (trial.ExitCode != 0)
        {
            Assert.Ignore($"strace can't be used here: {errors}");
        }

        return ["strace", .. words];
    }

    /// <summary>Returns when all threads of the process are under its control. Ignores the test where strace can't be had.</summary>
    /// <param name="process">Id of the process.</param>
    /// <param name="folder">A folder for what it writes.</param>
    /// <param name="options">What to trace and to change.</param>
    public static Strace Attach(int process, string folder, IReadOnlyList<string> options)
    {
        var strace = new Strace(Start(["-f", "-o", Path.Combine(folder, "calls"), .. options, "-p", $"{process}"]));
        string? line = strace._process.StandardError.ReadLine();
        if (line is null || !line.Contains("attached", StringComparison.Ordinal))
        {
            strace.Dispose();
            Assert.Ignore($"strace can't be used here: {line}");
        }

        // Nobody reads the rest, and it must not fill the pipe.
        _ = strace._process.StandardError.ReadToEndAsync();
        return strace;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Process Start(IEnumerable<string> words)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("strace", words) { RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("strace is not installed");
            throw;
        }
    }
}
