using System.ComponentModel;
using System.Diagnostics;

namespace Raft.Jepsen.PowerCuts;

/// <summary>Runs commands of the system.</summary>
internal static class SystemCommand
{
    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="UnavailableException">It is not there, or did not work; the message says why.</exception>
    public static void Run(params IReadOnlyList<string> commandLine)
    {
        try
        {
            var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                string why = errors.GetAwaiter().GetResult().Trim().ReplaceLineEndings(" ");
                throw new UnavailableException($"{string.Join(' ', commandLine)} failed: {why}. {UnavailableException.Needs}");
            }
        }
        catch (Win32Exception e)
        {
            throw new UnavailableException($"Cannot run {commandLine[0]}: {e.Message}. {UnavailableException.Needs}");
        }
    }
}
