using System.Diagnostics;

namespace Raft.Jepsen.PowerCuts;

/// <summary>Starts this program once more.</summary>
internal static class OwnProgram
{
    /// <summary>The words that start it with <paramref name="arguments"/>.</summary>
    public static IReadOnlyList<string> CommandLine(params IEnumerable<string> arguments)
    {
        string assembly = typeof(OwnProgram).Assembly.Location;
        return [Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet", "exec", assembly, .. arguments];
    }

    /// <summary>Starts a program from the words of a command line.</summary>
    public static Process Start(IReadOnlyList<string> commandLine, bool redirect)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1)) { RedirectStandardOutput = redirect };
        return Process.Start(start)!;
    }
}
