namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Where the scripts lie in the source tree.</summary>
internal static class ScriptFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "NexaLoak.Tests", "Core", "Scripts");

    public static IEnumerable<string> Names
        => Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, name + ".txt");
}
