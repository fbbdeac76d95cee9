using System.Globalization;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// The log's address space, cut into files of one size. Each file is filled with zeros before its first use, the next one in the background
/// once the current one's first page is full, because zeroing takes long; a file is never used twice.
/// </summary>
internal sealed class SegmentFiles(IDisk disk, LogGeometry geometry) : IDisposable
{
    private const string Prefix = "log.";

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task<IDiskFile>> _open = [];
    private readonly HashSet<IDiskFile> _dirty = [];

    public LogGeometry Geometry => geometry;

    /// <summary>Number of the file that holds <paramref name="address"/>.</summary>
    public int SegmentOf(long address) => (int)(address >> geometry.SegmentBits);

    /// <summary>Path of the file that holds <paramref name="address"/>.</summary>
    public string PathOf(long address) => disk.PathOf(NameOf(SegmentOf(address)));

    /// <summary>Place of <paramref name="address"/> in its file.</summary>
    public long OffsetOf(long address) => address & ((1L << geometry.SegmentBits) - 1);

    /// <summary>Names the file and the place in it, for messages.</summary>
    public string Describe(long address) => string.Create(CultureInfo.InvariantCulture, $"{PathOf(address)} at offset {OffsetOf(address)}");

    /// <summary>Name of the file with a number.</summary>
    public static string NameOf(int id) => Prefix + id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Numbers of the files that exist in the directory, ascending.</summary>
    public static IReadOnlyList<int> Find(IDisk disk) => [.. disk.List().Select(NumberOf).OfType<int>().Order()];

    /// <summary>Number of the file with a name; <c>null</c> when the log has no file of such a name.</summary>
    public static int? NumberOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        && NameOf(id) == name
            ? id
            : null;

    /// <summary>
    /// Opens the files that exist. The next <see cref="Sync"/> covers them all: a process that died, or whose sync failed, leaves writes behind that can be read
    /// and are not on the disk.
    /// </summary>
    public void OpenExisting()
    {
        foreach (int id in Find(disk))
        {
            IDiskFile file = disk.Open(NameOf(id));
            _open.Add(id, Task.FromResult(file));
            _dirty.Add(file);
        }
    }

    /// <summary>Number after that of the last file.</summary>
    public int End
    {
        get
        {
            lock (_gate)
            {
                return _open.Count == 0 ? 0 : _open.Keys.Max() + 1;
            }
        }
    }

    /// <summary>Whether a file exists at its full size.</summary>
    public bool IsWhole(int id)
    {
        lock (_gate)
        {
            return _open.TryGetValue(id, out Task<IDiskFile>? file) && file.GetAwaiter().GetResult().Length == geometry.SegmentBytes;
        }
    }

    /// <summary>Makes sure that a file exists, and returns when it is durable.</summary>
    public void Ensure(int id) => Get(id);

    /// <summary>Reads within one file; where there is no file, zeros.</summary>
    public void Read(long address, Span<byte> into)
    {
        Task<IDiskFile>? file;
        lock (_gate)
        {
            _open.TryGetValue(SegmentOf(address), out file);
        }

        if (file is null)
        {
            into.Clear();
            return;
        }

        file.GetAwaiter().GetResult().Read(OffsetOf(address), into);
    }

    /// <summary>Writes within one file.</summary>
    public void Write(long address, ReadOnlySpan<byte> bytes)
    {
        int id = SegmentOf(address);
        IDiskFile file = Get(id);
        file.Write(OffsetOf(address), bytes);
        lock (_gate)
        {
            _dirty.Add(file);
        }

        if (OffsetOf(address) + bytes.Length >= Math.Min(geometry.PageBytes, geometry.SegmentBytes / 2))
        {
            Prepare(id + 1, again: false);
        }
    }

    /// <summary>Brings all writes so far to stable storage.</summary>
    public void Sync()
    {
        IDiskFile[] files;
        lock (_gate)
        {
            files = [.. _dirty];
            _dirty.Clear();
        }

        foreach (IDiskFile file in files)
        {
            file.Sync();
        }
    }

    /// <summary>Removes the files from number <paramref name="first"/> on.</summary>
    public void DeleteFrom(int first)
    {
        foreach (string name in Forget(id => id >= first))
        {
            disk.Delete(name);
        }
    }

    /// <summary>
    /// Closes the files before number <paramref name="first"/>, which nobody reads any more, and names them, for somebody to delete. They must not be needed
    /// after a crash.
    /// </summary>
    public IReadOnlyList<string> ForgetBefore(int first) => Forget(id => id < first);

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Task<IDiskFile> file in _open.Values)
            {
                // A file that could not be prepared was never needed, or its failure has been reported by the write that needed it.
                Task.WaitAny(file);
                if (file.IsCompletedSuccessfully)
                {
                    file.Result.Dispose();
                }
            }

            _open.Clear();
        }
    }

    private List<string> Forget(Predicate<int> match)
    {
        lock (_gate)
        {
            List<int> ids = [.. _open.Keys.Where(id => match(id)).Order()];
            foreach (int id in ids)
            {
                _open.Remove(id, out Task<IDiskFile>? opening);
                IDiskFile file = opening!.GetAwaiter().GetResult();
                _dirty.Remove(file);
                file.Dispose();
            }

            return ids.ConvertAll(NameOf);
        }
    }

    /// <summary>
    /// The file, now that it is needed. A disk that was full while it was prepared ahead may have room again, so a failure of that, finished or under way, is
    /// no failure yet.
    /// </summary>
    private IDiskFile Get(int id)
    {
        Task<IDiskFile> file = Prepare(id, again: true);
        Task.WaitAny(file);
        return (file.IsFaulted ? Prepare(id, again: true) : file).GetAwaiter().GetResult();
    }

    /// <summary>
    /// Begins to prepare a file, once. What failed is tried <paramref name="again"/> only when the file is needed: on a full disk each try takes the last of the
    /// room, which a snapshot may need to make more.
    /// </summary>
    private Task<IDiskFile> Prepare(int id, bool again)
    {
        lock (_gate)
        {
            _open.TryGetValue(id, out Task<IDiskFile>? file);
            if (file?.Exception?.InnerException is SyncFailedException failure)
            {
                // Another try would prove nothing, and its success least of all.
                throw new IOException(failure.Message, failure);
            }

            if (file is null || (again && file.IsFaulted))
            {
                file = Task.Run(() => disk.Create(NameOf(id), 1L << geometry.SegmentBits));
                _open[id] = file;
            }

            return file;
        }
    }
}
