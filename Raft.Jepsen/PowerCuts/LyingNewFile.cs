using Raft.Storage.Faster.Disk;

namespace Raft.Jepsen.PowerCuts;

/// <summary>A new file of a <see cref="LyingDisk"/>: what comes of it lies.</summary>
internal sealed class LyingNewFile(INewFile file, Func<IDiskFile, IDiskFile> wrap) : INewFile
{
    public void ZeroTo(long offset) => file.ZeroTo(offset);

    public IDiskFile Finish() => wrap(file.Finish());

    public void Dispose() => file.Dispose();
}
