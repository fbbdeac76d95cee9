namespace NexaLoak.Tests.Storage;

/// <summary>A folder's files with their sizes, times and bytes, in a form that compares.</summary>
internal static class FolderImage
{
    public static string Of(string folder) => string.Join('\n', new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        .Select(entry => $"{entry.FullName} {entry.LastWriteTimeUtc:O} {entry.UnixFileMode} {Content(entry)}")
        .Prepend($"{Directory.GetLastWriteTimeUtc(folder):O}"));

    private static string Content(FileSystemInfo entry) => entry is FileInfo file ? $"{file.Length} {Hash(file.FullName)}" : "";

    private static string Hash(string path)
    {
        using FileStream content = File.OpenRead(path);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content));
    }
}
