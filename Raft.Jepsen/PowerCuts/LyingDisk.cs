using Raft.Storage.Faster.Disk;

namespace Raft.Jepsen.PowerCuts;

/// <summary>A folder that says that it synced and did not, to prove that power cuts find it.</summary>
internal sealed class LyingDisk(string directory, SyncLie lie) : IDisk
{
    private readonly LocalDisk _disk = LocalDisk.Take(directory);

    public string PathOf(string name) => _disk.PathOf(name);

    public IReadOnlyList<string> List() => _disk.List();

    public IDiskFile Open(string name) => Wrap(_disk.Open(name));

    public INewFile Begin(string name, long length) => new LyingNewFile(_disk.Begin(name, length), Wrap);

    public IDiskFile CreateEmpty(string name) => Wrap(_disk.CreateEmpty(name));

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void SyncDirectory()
    {
        if (lie != SyncLie.Names)
        {
            _disk.SyncDirectory();
        }
    }

    public void Publish(string name, ReadOnlySpan<byte> content) => _disk.Publish(name, content);

    public void Delete(string name)
    {
        File.Delete(PathOf(name));
        SyncDirectory();
    }

    public void Discard(string name, long length) => _disk.Discard(name, length);

    public void Dispose() => _disk.Dispose();

    private IDiskFile Wrap(IDiskFile file) => lie == SyncLie.Files ? new LyingFile(file) : file;
}
