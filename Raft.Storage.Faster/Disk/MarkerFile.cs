using Raft.Core.Storage;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster.Disk;

/// <summary>
/// The file of the <see cref="Marker"/>: two places written in turn, so that a torn writing leaves the marker before it. The file appears when a
/// directory is complete, and from then on a directory without it is a damaged one.
/// </summary>
internal sealed class MarkerFile : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string Name = "marker";

    private const int SlotDistance = 4096;

    private readonly IDiskFile _file;

    private MarkerFile(IDiskFile file, Marker current, int? invalidAt)
    {
        _file = file;
        Current = current;
        InvalidAt = invalidAt;
    }

    /// <summary>The newest marker.</summary>
    public Marker Current { get; private set; }

    /// <summary>Where something stood at the opening that is no valid marker, if anywhere.</summary>
    public int? InvalidAt { get; }

    /// <summary>Path for messages.</summary>
    public string Path => _file.Path;

    /// <summary>Makes the directory one that has held data.</summary>
    public static void Create(IDisk disk, Marker first)
    {
        byte[] content = new byte[2 * SlotDistance];
        first.Encode().CopyTo(content, SlotOf(first) * SlotDistance);
        disk.Publish(Name, content);
    }

    /// <summary>Reads the newest valid marker.</summary>
    /// <exception cref="StorageCorruptedException">There is none.</exception>
    /// <exception cref="StorageOpenException">There are only markers of another version of the format.</exception>
    public static MarkerFile Open(IDisk disk)
    {
        IDiskFile file = disk.Open(Name);
        byte[] content = new byte[2 * SlotDistance];
        file.Read(0, content);
        Marker? even = Marker.Decode(content);
        Marker? odd = Marker.Decode(content.AsSpan(SlotDistance));
        Marker? newest = even is null || odd?.Sequence > even.Sequence ? odd : even;
        if (newest is null)
        {
            file.Dispose();
            throw (Marker.VersionOf(content) ?? Marker.VersionOf(content.AsSpan(SlotDistance))) is uint version
                ? new StorageOpenException(
                    $"{file.Path} is of format version {version}, and this program reads version {Marker.Version}. Use the version that wrote it.")
                : new StorageCorruptedException($"{file.Path} is damaged: neither of its two markers is valid. {StorageFinding.Remedy}");
        }

        int invalid = even is null ? 0 : SlotDistance;
        bool written = content.AsSpan(invalid, Marker.Size).ContainsAnyExcept((byte)0);
        return new MarkerFile(file, newest, (even is null || odd is null) && written ? invalid : null);
    }

    /// <summary>
    /// Makes the newest marker durable. Needed before the first <see cref="Advance"/>, which overwrites the one before: an earlier process may have written the
    /// newest one, and died before it synced.
    /// </summary>
    public void Sync() => _file.Sync();

    /// <summary>Writes a newer marker, durably.</summary>
    public void Advance(uint incarnation, in Checkpoint checkpoint)
    {
        Marker next = Current with { Sequence = Current.Sequence + 1, Incarnation = incarnation, Checkpoint = checkpoint };
        _file.Write(SlotOf(next) * SlotDistance, next.Encode());
        _file.Sync();
        Current = next;
    }

    public void Dispose() => _file.Dispose();

    private static int SlotOf(Marker marker) => (int)(marker.Sequence & 1);
}
