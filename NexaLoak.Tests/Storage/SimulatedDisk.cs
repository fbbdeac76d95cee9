using Raft.Storage.Faster.Disk;

namespace NexaLoak.Tests.Storage;

/// <summary>
/// A directory in memory that a test can break: operations fail from a chosen one on, and a crash keeps a random subset of the sectors that were
/// written and not synced. Creating, publishing and deleting are durable at once, as their contract says.
/// </summary>
internal sealed class SimulatedDisk : IDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedFile> _files = [];

    /// <summary>Asked before each operation; what it returns is thrown instead of doing it.</summary>
    public Func<DiskOperation, string, Exception?> Fault { get; set; } = (_, _) => null;

    /// <summary>Whether writes leave a part of themselves behind when they fail.</summary>
    public Random? TornWrites { get; set; }

    public IReadOnlyDictionary<string, SimulatedFile> Files => _files;

    public string PathOf(string name) => "/simulated/" + name;

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            return [.. _files.Keys];
        }
    }

    public IDiskFile Open(string name)
    {
        lock (_gate)
        {
            return new Handle(this, name, _files[name]);
        }
    }

    public IDiskFile Create(string name, long length)
    {
        Check(DiskOperation.Create, name);
        lock (_gate)
        {
            _files[name] = new SimulatedFile(new byte[length]);
        }

        return Open(name);
    }

    public void Publish(string name, ReadOnlySpan<byte> content)
    {
        Check(DiskOperation.Create, name);
        lock (_gate)
        {
            _files[name] = new SimulatedFile(content.ToArray());
        }
    }

    public void Delete(string name)
    {
        Check(DiskOperation.Delete, name);
        lock (_gate)
        {
            _files.Remove(name);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>What the disk holds after losing power: each sector not synced is there or not as <paramref name="random"/> has it.</summary>
    public SimulatedDisk AfterPowerCut(Random random)
    {
        var disk = new SimulatedDisk();
        lock (_gate)
        {
            foreach ((string name, SimulatedFile file) in _files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                disk._files.Add(name, new SimulatedFile(file.AfterPowerCut(random)));
            }
        }

        return disk;
    }

    /// <summary>A copy of what is written, synced or not: what another process sees after this one was killed.</summary>
    public SimulatedDisk Copy()
    {
        var disk = new SimulatedDisk();
        lock (_gate)
        {
            foreach ((string name, SimulatedFile file) in _files)
            {
                disk._files.Add(name, new SimulatedFile([.. file.Content]));
            }
        }

        return disk;
    }

    private void Check(DiskOperation operation, string name)
    {
        if (Fault(operation, PathOf(name)) is Exception error)
        {
            throw error;
        }
    }

    private sealed class Handle(SimulatedDisk disk, string name, SimulatedFile file) : IDiskFile
    {
        public string Path => disk.PathOf(name);

        public long Length => file.Content.Length;

        public void Read(long offset, Span<byte> into)
        {
            disk.Check(DiskOperation.Read, name);
            file.Read(offset, into);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                disk.Check(DiskOperation.Write, name);
            }
            catch (IOException) when (disk.TornWrites is not null)
            {
                file.Write(offset, bytes[..disk.TornWrites.Next(bytes.Length)]);
                throw;
            }

            file.Write(offset, bytes);
        }

        public void Sync()
        {
            disk.Check(DiskOperation.Sync, name);
            file.Sync();
        }

        public void Dispose()
        {
        }
    }
}
