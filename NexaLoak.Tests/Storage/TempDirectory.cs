namespace NexaLoak.Tests.Storage;

/// <summary>A directory that goes away with the test.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("nexaloak-storage-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
