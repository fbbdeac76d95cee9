using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Node;

/// <summary>A disk that can hang: it takes writes and reports none of them durable until it is released. The node then finds them written.</summary>
internal sealed class HangingStorage(MemoryStorage inner) : IRaftStorage, IStorageListener
{
    private readonly Lock _lock = new();
    private IStorageListener? _listener;
    private bool _hangs;
    private ulong _withheld;

    public RecoveredState Recovered => inner.Recovered;

    public void Hang()
    {
        lock (_lock)
        {
            _hangs = true;
        }
    }

    public void Release()
    {
        lock (_lock)
        {
            _hangs = false;
            if (_withheld > 0)
            {
                _listener?.OnPersisted(_withheld);
            }
        }
    }

    public void Start(IStorageListener listener)
    {
        _listener = listener;
        _withheld = 0;
        inner.Start(this);
    }

    public void Enqueue(in StorageWrite write) => inner.Enqueue(write);

    public void OnPersisted(ulong sequence)
    {
        lock (_lock)
        {
            _withheld = sequence;
            if (!_hangs)
            {
                _listener!.OnPersisted(sequence);
            }
        }
    }

    public void OnFailed(Exception error) => _listener!.OnFailed(error);

    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into) => inner.Read(from, to, maxBytes, into);

    public ISnapshotWriter CreateSnapshot() => inner.CreateSnapshot();

    public Stream OpenSnapshot(SnapshotMetadata snapshot) => inner.OpenSnapshot(snapshot);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
