using System.Runtime.InteropServices;
using System.Threading.Channels;
using Raft.Core.Log;
using Raft.Core.Node.Snapshots;
using Raft.Core.StateMachine;
using Raft.Core.Storage;

namespace Raft.Core.Node;

/// <summary>
/// Feeds committed entries to the state machine, in order, apart from the node's loop, so that a slow state machine delays no heartbeat; restores it from
/// snapshots, and captures it for new ones. The number of batches that wait here is bounded; the rest stays where the log has it.
/// </summary>
internal sealed class ApplyLoop
{
    private const int MaxBatches = 16;
    private const int MaxBatchBytes = 1 << 20;

    private readonly IStateMachine _stateMachine;
    private readonly IRaftStorage _storage;
    private readonly PendingProposals _proposals;
    private readonly SnapshotPolicy _policy;
    private readonly SnapshotSaver _saver;
    private readonly NodeMetrics _metrics;
    private readonly Action _onProgress;
    private readonly Channel<Batch> _batches = Channel.CreateBounded<Batch>(new BoundedChannelOptions(MaxBatches) { SingleReader = true, SingleWriter = true });
    private readonly List<Entry> _readBuffer = [];
    private readonly SnapshotMetadata? _recovered;
    private AppliedState _state = AppliedState.Nothing;
    private bool _isWitness;
    private ulong _applied;
    private ulong _snapshotAt;
    private long _bytesSince;

    public ApplyLoop(
        IStateMachine stateMachine,
        IRaftStorage storage,
        PendingProposals proposals,
        SnapshotPolicy policy,
        SnapshotSaver saver,
        NodeMetrics metrics,
        Action onProgress)
    {
        _stateMachine = stateMachine;
        _storage = storage;
        _proposals = proposals;
        _policy = policy;
        _saver = saver;
        _metrics = metrics;
        _onProgress = onProgress;
        _recovered = storage.Recovered.Snapshot;
        Handed = _recovered?.Id.Index ?? 0;
    }

    /// <summary>Highest index applied.</summary>
    public ulong Applied => Volatile.Read(ref _applied);

    /// <summary>Highest index handed over. Used by the node's loop only.</summary>
    public ulong Handed { get; private set; }

    /// <summary>Hands over entries that follow <see cref="Handed"/>. Returns false when too many wait already.</summary>
    public bool TryHand(ReadOnlyMemory<Entry> entries)
        => TryHand(new Batch(entries, entries.Span[^1].Index, null), entries.Span[^1].Index);

    /// <summary>Hands over the entries that follow <see cref="Handed"/> up to <paramref name="upTo"/>, to be read from the storage.</summary>
    public bool TryHand(ulong upTo) => TryHand(new Batch(default, upTo, null), upTo);

    /// <summary>Hands over a snapshot that takes the place of whatever was applied.</summary>
    public bool TryHand(SnapshotMetadata snapshot) => TryHand(new Batch(default, snapshot.Id.Index, snapshot), snapshot.Id.Index);

    /// <summary>A snapshot that was being written is done: another may have become due meanwhile. When the queue is full, what is in it will do.</summary>
    public void LookForSnapshot() => _batches.Writer.TryWrite(new Batch(default, Handed, null));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_recovered is not null)
        {
            Restore(_recovered);
            _onProgress();
        }

        await foreach (Batch batch in _batches.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            long startedAt = _metrics.ApplyStart();
            if (batch.Snapshot is { } snapshot)
            {
                Restore(snapshot);
            }
            else if (batch.Entries.IsEmpty)
            {
                ApplyStored(batch.UpTo, cancellationToken);
            }
            else
            {
                Apply(batch.Entries.Span, cancellationToken);
            }

            _metrics.OnBatchApplied(startedAt);
            _onProgress();
            SaveSnapshotIfDue(cancellationToken);
        }
    }

    private bool TryHand(Batch batch, ulong upTo)
    {
        bool taken = _batches.Writer.TryWrite(batch);
        Handed = taken ? upTo : Handed;
        return taken;
    }

    private void ApplyStored(ulong upTo, CancellationToken cancellationToken)
    {
        while (_applied < upTo)
        {
            _readBuffer.Clear();
            _storage.Read(_applied + 1, upTo, MaxBatchBytes, _readBuffer);
            Apply(CollectionsMarshal.AsSpan(_readBuffer), cancellationToken);
        }
    }

    private void Apply(ReadOnlySpan<Entry> entries, CancellationToken cancellationToken)
    {
        foreach (ref readonly Entry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RaftInvariantException.Require(entry.Index == _applied + 1, "entries are applied one after the other");
            ReadOnlyMemory<byte> reply = entry.Type == EntryType.Command ? _stateMachine.Apply(entry) : default;
            _isWitness |= entry.Type == EntryType.Withheld;
            _state = _state.After(entry);
            _bytesSince += entry.Size;
            Volatile.Write(ref _applied, entry.Index);
            _proposals.OnApplied(entry.Id, reply);
        }
    }

    /// <summary>The content is read to its end, so that its checksum is verified before anything that follows is applied to it.</summary>
    private void Restore(SnapshotMetadata snapshot)
    {
        _isWitness = snapshot.Size == 0;
        if (!_isWitness)
        {
            ISnapshotStateMachine machine = _stateMachine as ISnapshotStateMachine ?? throw new InvalidOperationException(
                $"The node needs the snapshot at {snapshot.Id}, and its state machine is no {nameof(ISnapshotStateMachine)}.");
            using Stream content = _storage.OpenSnapshot(snapshot);
            if (content.ReadByte() != SnapshotSaver.ContentVersion)
            {
                throw new StorageCorruptedException($"The snapshot at {snapshot.Id} has a form that this version does not know.");
            }

            machine.Restore(content);
            content.CopyTo(Stream.Null);
        }

        _state = AppliedState.Of(snapshot);
        _snapshotAt = snapshot.Id.Index;
        _bytesSince = 0;
        _proposals.Abandon(
            after: 0,
            upTo: snapshot.Id.Index,
            leadingTerm: 0,
            "The leader's snapshot took the place of the command's entry; it may or may not have been carried out.");
        Volatile.Write(ref _applied, snapshot.Id.Index);
    }

    private void SaveSnapshotIfDue(CancellationToken cancellationToken)
    {
        bool due = _applied - _snapshotAt >= _policy.Entries || _bytesSince >= _policy.Bytes;
        if (!due || _saver.IsBusy || _applied == _snapshotAt)
        {
            return;
        }

        var machine = _stateMachine as ISnapshotStateMachine;
        if (_isWitness || machine is not null)
        {
            _saver.Begin(_state, _isWitness ? null : machine!.Capture(), cancellationToken);
        }

        _snapshotAt = _applied;
        _bytesSince = 0;
    }

    private readonly record struct Batch(ReadOnlyMemory<Entry> Entries, ulong UpTo, SnapshotMetadata? Snapshot);
}
