using Raft.Storage.Faster.Disk;

namespace Raft.Storage.Faster.Recovery;

/// <summary>Reads the log a page at a time.</summary>
internal sealed class PageReader(SegmentFiles files)
{
    private readonly byte[] _page = new byte[files.Geometry.PageBytes];
    private long _start = -1;

    /// <summary>The bytes from <paramref name="address"/> to the end of its page.</summary>
    public ReadOnlySpan<byte> From(long address)
    {
        long start = files.Geometry.PageStart(address);
        if (start != _start)
        {
            files.Read(start, _page);
            _start = start;
        }

        return _page.AsSpan((int)(address - start));
    }
}
