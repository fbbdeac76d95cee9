using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>
/// The least that a log can do: a thread of its own takes all payloads that have gathered, writes them as one block, syncs once, and reports. No lengths, no
/// checksums, no index, and nothing can be read.
/// </summary>
internal sealed class RawLog : IRaftStorage
{
    private readonly RawFile _file;
    private readonly object _gate = new();
    private List<StorageWrite> _queue = [];
    private List<StorageWrite> _batch = [];
    private byte[] _block = [];
    private IStorageListener? _listener;
    private Thread? _thread;
    private bool _closing;

    public RawLog(RawFile file) => _file = file;

    /// <inheritdoc/>
    public RecoveredState Recovered => RecoveredState.Empty;

    /// <inheritdoc/>
    public void Start(IStorageListener listener)
    {
        _listener = listener;
        _thread = new Thread(Run) { IsBackground = true, Name = "raw log" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Enqueue(in StorageWrite write)
    {
        lock (_gate)
        {
            _queue.Add(write);
            Monitor.Pulse(_gate);
        }
    }

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ISnapshotWriter CreateSnapshot() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Stream OpenSnapshot(SnapshotMetadata snapshot) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (TakeBatch())
        {
            _file.Write(Block());
            _file.Sync();
            _listener!.OnPersisted(_batch[^1].Sequence);
            _batch.Clear();
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_closing)
            {
                Monitor.Wait(_gate);
            }

            (_queue, _batch) = (_batch, _queue);
            return _batch.Count > 0;
        }
    }

    private ReadOnlySpan<byte> Block()
    {
        int length = 0;
        foreach (StorageWrite write in _batch)
        {
            ReadOnlySpan<byte> payload = write.Entries[0].Span[0].Payload.Span;
            if (_block.Length < length + payload.Length)
            {
                Array.Resize(ref _block, (length + payload.Length) * 2);
            }

            payload.CopyTo(_block.AsSpan(length));
            length += payload.Length;
        }

        return _block.AsSpan(0, length);
    }
}
