namespace Raft.Storage.Faster.Format;

/// <summary>How the log's address space is cut: fixed when a directory is created, because it decides where records lie.</summary>
/// <param name="PageBits">Size of a page as a power of two; no record crosses a page's end.</param>
/// <param name="SegmentBits">Size of a file as a power of two.</param>
internal readonly record struct LogGeometry(int PageBits, int SegmentBits)
{
    /// <summary>FASTER's first address; the bytes before it stay zero.</summary>
    public const long FirstAddress = 64;

    public int PageBytes => 1 << PageBits;

    public long SegmentBytes => 1L << SegmentBits;

    /// <summary>Bytes from <paramref name="address"/> to the end of its page.</summary>
    public int LeftInPage(long address) => PageBytes - (int)(address & (PageBytes - 1));

    /// <summary>Start of the page that holds <paramref name="address"/>.</summary>
    public long PageStart(long address) => address & -(long)PageBytes;

    /// <summary>Where a record of <paramref name="size"/> bytes comes to lie when <paramref name="tail"/> is the end of the one before it.</summary>
    public long Place(long tail, int size) => size <= LeftInPage(tail) ? tail : PageStart(tail) + PageBytes;
}
