using Raft.Core.Storage;

namespace Raft.Core.Replication;

/// <summary>
/// A leader's view of a snapshot on its way to one member: pieces are sent ahead of their acknowledgements up to a window, and from the last acknowledged
/// offset on again when some were lost.
/// </summary>
internal sealed class SnapshotTransfer(SnapshotMetadata snapshot, int pieceLength, int window)
{
    private long _sent;
    private long? _rewoundTo;
    private bool _endSent;
    private int _ticksWithoutNews;
    private bool _paused;
    private bool _mayLookBack = true;

    public SnapshotMetadata Snapshot => snapshot;

    /// <summary>Everything below this offset has arrived.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Offset of the next piece.</summary>
    public long NextOffset => _sent;

    /// <summary>True when a piece may go out. An empty snapshot is one empty piece.</summary>
    public bool CanSend => !_paused && _sent - Acknowledged < (long)window * pieceLength && (_sent < snapshot.Size || !_endSent);

    /// <summary>Length of the next piece.</summary>
    public int NextLength => (int)Math.Min(pieceLength, snapshot.Size - _sent);

    /// <summary>The next piece goes out.</summary>
    public void OnSent()
    {
        int length = NextLength;
        _sent += length;
        _endSent = _sent == snapshot.Size;
    }

    /// <summary>
    /// The member has everything below <paramref name="offset"/>. When it reports a gap, what was sent behind it is sent again, once for each gap: every
    /// piece behind a lost one is reported as a gap, and if each report sent them all again, the network would drown in them. For the same reason a gap below
    /// what was acknowledged counts once a tick: the member may have lost what it had, but mostly the report is old.
    /// </summary>
    public void OnResponse(long offset, bool gap)
    {
        _paused = false;
        if (offset > Acknowledged)
        {
            Acknowledged = Math.Min(offset, snapshot.Size);
            _sent = Math.Max(_sent, Acknowledged);
            _ticksWithoutNews = 0;
            _rewoundTo = null;
        }
        else if (gap && (offset < Acknowledged ? _mayLookBack : _rewoundTo != offset))
        {
            _mayLookBack &= offset == Acknowledged;
            Acknowledged = offset;
            _rewoundTo = offset;
            Rewind();
        }
    }

    /// <summary>Nothing that was sent lately may have arrived: wait for a sign of life.</summary>
    public void Pause() => _paused = true;

    /// <summary>The member lives.</summary>
    public void Resume()
    {
        if (_paused)
        {
            _paused = false;
            Rewind();
        }
    }

    /// <summary>A tick passed. After <paramref name="patience"/> ticks without news what is under way is taken for lost.</summary>
    public void Tick(int patience)
    {
        _mayLookBack = true;
        if (++_ticksWithoutNews >= patience)
        {
            Rewind();
        }
    }

    /// <summary>When all was acknowledged, the last piece asks whether the member still has it: it may have lost it before it was sealed.</summary>
    private void Rewind()
    {
        _sent = Math.Min(Acknowledged, Math.Max(0, snapshot.Size - pieceLength));
        _endSent = false;
        _ticksWithoutNews = 0;
    }
}
