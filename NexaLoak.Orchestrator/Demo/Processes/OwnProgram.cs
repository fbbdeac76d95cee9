namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>How to start this very program once more.</summary>
internal static class OwnProgram
{
    /// <summary>
    /// The program and its first arguments: the executable itself, or the .NET host and the assembly when it was started that way.
    /// </summary>
    public static IReadOnlyList<string> Command { get; } = Find();

    private static string[] Find()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "nexaloak.dll");
        string host = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, assembly] : [host];
    }
}
