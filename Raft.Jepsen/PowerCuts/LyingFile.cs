using Raft.Storage.Faster.Disk;

namespace Raft.Jepsen.PowerCuts;

/// <summary>A file of a <see cref="LyingDisk"/> whose syncs do nothing.</summary>
internal sealed class LyingFile(IDiskFile file) : IDiskFile
{
    public string Path => file.Path;

    public long Length => file.Length;

    public void Read(long offset, Span<byte> into) => file.Read(offset, into);

    public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

    public void Sync()
    {
    }

    public void SyncAll()
    {
    }

    public void Dispose() => file.Dispose();
}
