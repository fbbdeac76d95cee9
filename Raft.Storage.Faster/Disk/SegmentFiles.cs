using System.Globalization;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// The log's address space, cut into files of one size. Each file is filled with zeros before its first use. That takes long, so the next one is filled in
/// the background, from when the current one's first page is full to when the log has come to three quarters of it. Its owner says when: the disk that is
/// busy with zeros delays a sync. A file is never used twice.
/// </summary>
internal sealed class SegmentFiles(IDisk disk, LogGeometry geometry) : IDisposable
{
    private const string Prefix = "log.";

    private readonly Lock _gate = new();
    private readonly Dictionary<int, SegmentFile> _files = [];
    private readonly HashSet<IDiskFile> _dirty = [];
    private long? _lastWritten;

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
            _files.Add(id, new SegmentFile(file));
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
                return _files.Count == 0 ? 0 : _files.Keys.Max() + 1;
            }
        }
    }

    /// <summary>Whether a file exists at its full size.</summary>
    public bool IsWhole(int id)
    {
        lock (_gate)
        {
            return _files.TryGetValue(id, out SegmentFile? file) && file.Opened.GetAwaiter().GetResult().Length == geometry.SegmentBytes;
        }
    }

    /// <summary>Makes sure that a file exists, and returns when it is durable.</summary>
    public void Ensure(int id) => Get(id);

    /// <summary>Reads within one file; where there is no file, or none yet, zeros.</summary>
    public void Read(long address, Span<byte> into)
    {
        SegmentFile? file;
        lock (_gate)
        {
            _files.TryGetValue(SegmentOf(address), out file);
        }

        if (file is { Opened.IsCompletedSuccessfully: true })
        {
            file.Opened.Result.Read(OffsetOf(address), into);
        }
        else
        {
            into.Clear();
        }
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
            _lastWritten = address + bytes.Length - 1;
        }
    }

    /// <summary>
    /// Has the next file filled as far as its pace allows. The best time for it is just after a sync, while the next writes gather and the disk has nothing else
    /// to do.
    /// </summary>
    public void PrepareNext()
    {
        long? last;
        lock (_gate)
        {
            last = _lastWritten;
        }

        if (last is long address && NextFileUntil(OffsetOf(address) + 1) is long until)
        {
            Prepare(SegmentOf(address) + 1, again: false).ZeroTo(until);
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
            foreach (SegmentFile file in _files.Values)
            {
                // A file that could not be prepared was never needed, or its failure has been reported by the write that needed it.
                file.Abandon();
                Task.WaitAny(file.Opened);
                if (file.Opened.IsCompletedSuccessfully)
                {
                    file.Opened.Result.Dispose();
                }
            }

            _files.Clear();
        }
    }

    private List<string> Forget(Predicate<int> match)
    {
        lock (_gate)
        {
            List<int> ids = [.. _files.Keys.Where(id => match(id)).Order()];
            foreach (int id in ids)
            {
                _files.Remove(id, out SegmentFile? forgotten);
                IDiskFile file = forgotten!.Opened.GetAwaiter().GetResult();
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
        SegmentFile file = Prepare(id, again: true);
        try
        {
            return file.Open();
        }
        catch (IOException)
        {
            return Prepare(id, again: true).Open();
        }
    }

    /// <summary>
    /// How far the next file may be filled when this one is in use up to <paramref name="offset"/>: at an even pace, so that no write waits long for zeros.
    /// </summary>
    /// <returns>Bytes; <c>null</c> when its time has not come.</returns>
    private long? NextFileUntil(long offset)
    {
        long from = Math.Min(geometry.PageBytes, geometry.SegmentBytes / 2);
        return offset < from ? null : Math.Max(1, (offset - from) * geometry.SegmentBytes / ((geometry.SegmentBytes * 3L / 4) - from));
    }

    /// <summary>
    /// Names a file for preparation, once. What failed is tried <paramref name="again"/> only when the file is needed: on a full disk each try takes the last of
    /// the room, which a snapshot may need to make more.
    /// </summary>
    private SegmentFile Prepare(int id, bool again)
    {
        lock (_gate)
        {
            _files.TryGetValue(id, out SegmentFile? file);
            if (file?.Opened.Exception?.InnerException is SyncFailedException failure)
            {
                // Another try would prove nothing, and its success least of all.
                throw new IOException(failure.Message, failure);
            }

            if (file is null || (again && file.Opened.IsFaulted))
            {
                file = new SegmentFile(() => disk.Begin(NameOf(id), geometry.SegmentBytes), geometry.SegmentBytes);
                _files[id] = file;
            }

            return file;
        }
    }
}
