using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>A storage that is right, but for what a test puts in the place of one of its members.</summary>
internal sealed class BrokenStorage(MemoryStorage inner) : IRaftStorage
{
    public BrokenStorage()
        : this(new MemoryStorage())
    {
    }

    public Func<RecoveredState, RecoveredState> OnRecovered { get; init; } = state => state;

    public Func<IStorageListener, IStorageListener> OnStart { get; init; } = listener => listener;

    public Action<MemoryStorage, StorageWrite> OnEnqueue { get; init; } = (storage, write) => storage.Enqueue(write);

    public Action<MemoryStorage, ulong, ulong, long, ICollection<Entry>> OnRead { get; init; } =
        (storage, from, to, maxBytes, into) => storage.Read(from, to, maxBytes, into);

    public Func<ISnapshotWriter, ISnapshotWriter> OnCreateSnapshot { get; init; } = writer => writer;

    public Func<MemoryStorage, SnapshotMetadata, Stream> OnOpenSnapshot { get; init; } = (storage, snapshot) => storage.OpenSnapshot(snapshot);

    public Func<MemoryStorage, ValueTask> OnDispose { get; init; } = storage => storage.DisposeAsync();

    public RecoveredState Recovered => OnRecovered(inner.Recovered);

    public void Start(IStorageListener listener) => inner.Start(OnStart(listener));

    public void Enqueue(in StorageWrite write) => OnEnqueue(inner, write);

    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into) => OnRead(inner, from, to, maxBytes, into);

    public ISnapshotWriter CreateSnapshot() => OnCreateSnapshot(inner.CreateSnapshot());

    public Stream OpenSnapshot(SnapshotMetadata snapshot) => OnOpenSnapshot(inner, snapshot);

    public ValueTask DisposeAsync() => OnDispose(inner);
}
