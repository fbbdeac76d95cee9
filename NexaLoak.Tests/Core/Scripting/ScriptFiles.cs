namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Where the scripts lie in the source tree.</summary>
internal static class ScriptFiles
{
    public static string Folder { get; } = Find();

    public static IEnumerable<string> Names
        => Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, name + ".txt");

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NexaLoak.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "NexaLoak.Tests", "Core", "Scripts");
    }
}
