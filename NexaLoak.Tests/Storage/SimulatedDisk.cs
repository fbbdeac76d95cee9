using Raft.Storage.Faster.Disk;

namespace NexaLoak.Tests.Storage;

/// <summary>
/// A directory in memory that a test can break: operations fail from a chosen one on, and a crash keeps a random subset of the sectors that were
/// written and not synced, and a random prefix of the changes of names that no sync of the directory followed. Creating at a size, publishing and deleting
/// are durable at once, as their contract says.
/// </summary>
internal sealed class SimulatedDisk : IDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedFile> _files = [];
    private readonly Dictionary<string, SimulatedFile> _durableNames = [];
    private readonly List<Action<Dictionary<string, SimulatedFile>>> _changes = [];

    /// <summary>Asked before each operation; what it returns is thrown instead of doing it.</summary>
    public Func<DiskOperation, string, Exception?> Fault { get; set; } = (_, _) => null;

    /// <summary>Whether writes leave a part of themselves behind when they fail.</summary>
    public Random? TornWrites { get; set; }

    /// <summary>Whether the disk says that it synced a file, and did not.</summary>
    public bool Lies { get; init; }

    public IReadOnlyDictionary<string, SimulatedFile> Files => _files;

    public string PathOf(string name) => "/simulated/" + name;

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            return [.. _files.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public IDiskFile Open(string name)
    {
        lock (_gate)
        {
            return new Handle(this, name, _files[name]);
        }
    }

    public INewFile Begin(string name, long length) => new NewFile(this, name, length);

    public IDiskFile CreateEmpty(string name)
    {
        Check(DiskOperation.Create, name);
        Change(durable: false, Put(name, new SimulatedFile([])));
        return Open(name);
    }

    public void Publish(string name, ReadOnlySpan<byte> content)
    {
        Check(DiskOperation.Create, name);
        Change(durable: true, Put(name, new SimulatedFile(content.ToArray())));
    }

    public void Rename(string from, string to)
    {
        Check(DiskOperation.Rename, to);
        Change(durable: false, names =>
        {
            names.Remove(from, out SimulatedFile? file);
            names[to] = file ?? throw new FileNotFoundException(from);
        });
    }

    public void SyncDirectory()
    {
        Check(DiskOperation.SyncDirectory, "");
        Change(durable: true, _ => { });
    }

    public void Delete(string name)
    {
        Check(DiskOperation.Delete, name);
        Change(durable: true, names => names.Remove(name));
    }

    public void Discard(string name, long length)
    {
        Check(DiskOperation.Discard, name);
        lock (_gate)
        {
            _files[name].Discard(length);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>What the disk holds after losing power: each sector not synced is there or not as <paramref name="random"/> has it.</summary>
    public SimulatedDisk AfterPowerCut(Random random)
    {
        var disk = new SimulatedDisk { Lies = Lies };
        lock (_gate)
        {
            var names = new Dictionary<string, SimulatedFile>(_durableNames);
            _changes.GetRange(0, random.Next(_changes.Count + 1)).ForEach(change => change(names));
            foreach ((string name, SimulatedFile file) in names.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                disk.Change(durable: true, Put(name, new SimulatedFile(file.AfterPowerCut(random))));
            }
        }

        return disk;
    }

    /// <summary>Every disk that a loss of power can leave now: each choice of sectors not synced, with each number of changes of names.</summary>
    public IReadOnlyList<SimulatedDisk> AfterEveryPowerCut()
    {
        lock (_gate)
        {
            var left = new List<SimulatedDisk>();
            var names = new Dictionary<string, SimulatedFile>(_durableNames);
            for (int changes = 0; changes <= _changes.Count; changes++)
            {
                if (changes > 0)
                {
                    _changes[changes - 1](names);
                }

                left.AddRange(WithEveryContent([.. names.OrderBy(file => file.Key, StringComparer.Ordinal)]));
            }

            return left;
        }
    }

    /// <summary>A copy of what is written, synced or not: what another process sees after this one was killed.</summary>
    public SimulatedDisk Copy(bool lies = false)
    {
        var disk = new SimulatedDisk { Lies = lies };
        lock (_gate)
        {
            foreach ((string name, SimulatedFile file) in _files)
            {
                disk.Change(durable: true, Put(name, new SimulatedFile([.. file.Content])));
            }
        }

        return disk;
    }

    private static IEnumerable<SimulatedDisk> WithEveryContent(IReadOnlyList<KeyValuePair<string, SimulatedFile>> files)
    {
        IEnumerable<IEnumerable<byte[]>> contents = files.Aggregate<KeyValuePair<string, SimulatedFile>, IEnumerable<IEnumerable<byte[]>>>(
            [[]],
            (chosen, file) =>
            {
                IReadOnlyList<byte[]> choices = file.Value.AfterEveryPowerCut();
                return chosen.SelectMany(_ => choices, (before, choice) => before.Append(choice));
            });
        foreach (byte[][] choice in contents.Select(chosen => chosen.ToArray()))
        {
            var disk = new SimulatedDisk();
            for (int i = 0; i < files.Count; i++)
            {
                disk.Change(durable: true, Put(files[i].Key, new SimulatedFile([.. choice[i]])));
            }

            yield return disk;
        }
    }

    private static Action<Dictionary<string, SimulatedFile>> Put(string name, SimulatedFile file) => names => names[name] = file;

    /// <summary>Changes names; when durably, then with the changes before.</summary>
    private void Change(bool durable, Action<Dictionary<string, SimulatedFile>> change)
    {
        lock (_gate)
        {
            change(_files);
            _changes.Add(change);
            if (durable)
            {
                _changes.ForEach(earlier => earlier(_durableNames));
                _changes.Clear();
            }
        }
    }

    private void Check(DiskOperation operation, string name)
    {
        if (Fault(operation, PathOf(name)) is Exception error)
        {
            throw error;
        }
    }

    /// <summary>Comes into being all at once, when it is finished.</summary>
    private sealed class NewFile(SimulatedDisk disk, string name, long length) : INewFile
    {
        public void ZeroTo(long offset)
        {
        }

        public IDiskFile Finish()
        {
            disk.Check(DiskOperation.Create, name);
            disk.Change(durable: true, Put(name, new SimulatedFile(new byte[length])));
            return disk.Open(name);
        }

        public void Dispose()
        {
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
            if (!disk.Lies)
            {
                file.Sync();
            }
        }

        public void SyncAll() => Sync();

        public void Dispose()
        {
        }
    }
}
