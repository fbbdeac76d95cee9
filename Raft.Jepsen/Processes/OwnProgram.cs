namespace Raft.Jepsen.Processes;

/// <summary>How to start this very program once more.</summary>
internal static class OwnProgram
{
    /// <summary>
    /// The program and its first arguments: the executable itself, or the .NET host and the assembly when it was started that way, or is a guest in
    /// another program.
    /// </summary>
    public static IReadOnlyList<string> Command { get; } = Find();

    private static string[] Find()
    {
        string assembly = typeof(OwnProgram).Assembly.Location;
        string host = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(host) switch
        {
            "raft-jepsen" => [host],
            "dotnet" => [host, "exec", assembly],
            _ => ["dotnet", "exec", assembly],
        };
    }
}
