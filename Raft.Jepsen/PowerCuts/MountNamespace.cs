using System.Diagnostics;
using Raft.Jepsen.Processes;

namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// Runs this program in a mount namespace and a process namespace of its own. Whatever it mounts and starts there is gone when it ends, however it ends.
/// </summary>
internal static class MountNamespace
{
    private static readonly string[] Unshare = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--"];

    /// <summary>Runs the program with arguments, which must call <see cref="EndWithStarter"/>; its output goes where that of this process goes.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UnavailableException">There is no such namespace to be had.</exception>
    public static int Run(IEnumerable<string> arguments, TextWriter output, TextWriter errors)
    {
        SystemCommand.Run([.. Unshare, "true"]);
        string[] words = [.. Unshare, .. OwnProgram.Command, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };

        // Those that are killed would leave what a debugger needs of them.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Pass(line.Data, output);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, errors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Lets this process, and with it everything in its namespaces, end with the one that started it. Nothing is ever written to its input.</summary>
    public static void EndWithStarter()
    {
        var waiter = new Thread(() =>
        {
            Console.In.Read();
            Environment.Exit(1);
        })
        { IsBackground = true, Name = "waits for the starter" };
        waiter.Start();
    }

    private static void Pass(string? line, TextWriter to)
    {
        if (line is not null)
        {
            to.WriteLine(line);
        }
    }
}
