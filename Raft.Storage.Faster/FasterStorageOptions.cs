using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Numerics;
using System.Text;
using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster;

/// <summary>Where a <see cref="FasterRaftStorage"/> keeps its files, and how large its parts are. Sizes are in bytes and powers of two.</summary>
public sealed record FasterStorageOptions
{
    /// <summary>Longest <see cref="Identity"/>, in bytes of UTF-8.</summary>
    public const int MaxIdentityBytes = 256;

    /// <summary>The directory of this node's files; created when missing. Relative paths start at the process's working directory.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Whose data this is, such as <c>"cluster-id/node-id"</c>; at most <see cref="MaxIdentityBytes"/> bytes of UTF-8. Written when the directory
    /// is created; a directory of another identity is refused, so that a node never takes another one's votes and log for its own.
    /// </summary>
    public string Identity { get; init; } = "";

    /// <summary>
    /// Size of a page, 4 KiB to 64 MiB. An entry lies within one page, so this bounds the payload: see <see cref="MaxPayloadBytes"/>.
    /// Takes effect when the directory is created.
    /// </summary>
    public int PageBytes { get; init; } = 2 << 20;

    /// <summary>Memory for pages on their way to the disk, at least two pages and at most 1 GiB.</summary>
    public int MemoryBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Size of a file of the log, at least one page and at most 1 GiB. Files are filled with zeros ahead of their use, so that a sync has no
    /// file metadata to write. Takes effect when the directory is created.
    /// </summary>
    public int SegmentBytes { get; init; } = 16 << 20;

    /// <summary>Largest payload of an entry that fits in a page of <see cref="PageBytes"/>.</summary>
    public int MaxPayloadBytes => EntryRecord.MaxPayload(PageBytes);

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Directory), nameof(Directory), "the path of a directory");
        Require(Identity is not null && Encoding.UTF8.GetByteCount(Identity) <= MaxIdentityBytes, nameof(Identity), $"at most {MaxIdentityBytes} bytes");
        RequireSize(PageBytes, 4 << 10, 64 << 20, nameof(PageBytes));
        RequireSize(MemoryBytes, 2 * PageBytes, 1 << 30, nameof(MemoryBytes));
        RequireSize(SegmentBytes, PageBytes, 1 << 30, nameof(SegmentBytes));
    }

    private static void RequireSize(int value, int min, int max, string name)
    {
        Require(
            BitOperations.IsPow2(value) && value >= min && value <= max,
            name,
            string.Create(CultureInfo.InvariantCulture, $"a power of two from {min} to {max}, not {value}"));
    }

    private static void Require(bool holds, string name, string bound)
    {
        if (!holds)
        {
            throw new ValidationException($"{nameof(FasterStorageOptions)}.{name} must be {bound}.");
        }
    }
}
