using Raft.Storage.Faster.Format;

namespace Raft.Storage.Faster;

/// <summary>
/// Where the log could begin if what is before were given back: at the records that stand at a page's start. Each page has one, since no record crosses a
/// page's end. Used by one thread.
/// </summary>
internal sealed class PageStarts(LogGeometry geometry, LogStart first)
{
    private readonly List<LogStart> _starts = [first];

    /// <summary>Takes note of a record, if it stands at a page's start.</summary>
    public void Note(long address, in RecordStamp stamp)
    {
        if (geometry.PageStart(address) == address && address > _starts[^1].Address)
        {
            _starts.Add(new LogStart(address, stamp.Link, stamp.Commit - 1));
        }
    }

    /// <summary>Forgets the records from <paramref name="end"/> on, which are cut off.</summary>
    public void CutAt(long end) => _starts.RemoveAll(start => start.Address >= end && start.Address > first.Address);

    /// <summary>The last place at or before <paramref name="address"/>; forgets those before it.</summary>
    public LogStart MoveTo(long address)
    {
        _starts.RemoveRange(0, Math.Max(0, _starts.FindLastIndex(start => start.Address <= address)));
        return _starts[0];
    }
}
