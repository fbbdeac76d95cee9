using System.ComponentModel;
using System.Diagnostics;

namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// Runs this program in a mount namespace and a process namespace of its own. Whatever it mounts and starts there is gone when it ends, however it ends.
/// </summary>
internal static class MountNamespace
{
    /// <summary>Runs the program with arguments; its output goes where that of this process goes.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UnavailableException">There is no such namespace to be had.</exception>
    public static int Run(IEnumerable<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new UnavailableException("Cutting the power of a file system needs root.");
        }

        string[] words = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--", .. OwnProgram.CommandLine(arguments)];
        var start = new ProcessStartInfo("unshare", words) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.OutputDataReceived += (_, line) => Pass(line.Data, output);
            process.ErrorDataReceived += (_, line) => Pass(line.Data, errors);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new UnavailableException($"Cannot run unshare: {e.Message}. It is in the package util-linux.");
        }
    }

    private static void Pass(string? line, TextWriter to)
    {
        if (line is not null)
        {
            to.WriteLine(line);
        }
    }
}
