using System.Threading.Channels;
using Raft.Core.Log;
using Raft.Core.StateMachine;
using Raft.Core.Storage;

namespace Raft.Core.Node;

/// <summary>
/// Feeds committed entries to the state machine, in order, apart from the node's loop, so that a slow state machine delays no heartbeat. The
/// number of batches that wait here is bounded; the rest stays where the log has it.
/// </summary>
internal sealed class ApplyLoop
{
    private const int MaxBatches = 16;
    private const int MaxBatchBytes = 1 << 20;

    private readonly IStateMachine _stateMachine;
    private readonly IRaftLogReader _reader;
    private readonly PendingProposals _proposals;
    private readonly NodeMetrics _metrics;
    private readonly Action _onProgress;
    private readonly Channel<Batch> _batches = Channel.CreateBounded<Batch>(new BoundedChannelOptions(MaxBatches) { SingleReader = true, SingleWriter = true });
    private readonly List<Entry> _readBuffer = [];
    private ulong _applied;

    public ApplyLoop(IStateMachine stateMachine, IRaftLogReader reader, PendingProposals proposals, NodeMetrics metrics, ulong applied, Action onProgress)
    {
        _stateMachine = stateMachine;
        _reader = reader;
        _proposals = proposals;
        _metrics = metrics;
        _onProgress = onProgress;
        _applied = applied;
        Handed = applied;
    }

    /// <summary>Highest index applied.</summary>
    public ulong Applied => Volatile.Read(ref _applied);

    /// <summary>Highest index handed over. Used by the node's loop only.</summary>
    public ulong Handed { get; private set; }

    /// <summary>Hands over entries that follow <see cref="Handed"/>. Returns false when too many wait already.</summary>
    public bool TryHand(ReadOnlyMemory<Entry> entries)
        => TryHand(new Batch(entries, entries.Span[^1].Index), entries.Span[^1].Index);

    /// <summary>Hands over the entries that follow <see cref="Handed"/> up to <paramref name="upTo"/>, to be read from the storage.</summary>
    public bool TryHand(ulong upTo) => TryHand(new Batch(default, upTo), upTo);

    /// <summary>No more entries come: <see cref="RunAsync"/> ends once all that was handed over is applied.</summary>
    public void Complete() => _batches.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (Batch batch in _batches.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            long startedAt = _metrics.ApplyStart();
            if (batch.Entries.IsEmpty)
            {
                ApplyStored(batch.UpTo, cancellationToken);
            }
            else
            {
                Apply(batch.Entries.Span, cancellationToken);
            }

            _metrics.OnBatchApplied(startedAt);
            _onProgress();
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
            _reader.Read(_applied + 1, upTo, MaxBatchBytes, _readBuffer);
            Apply(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_readBuffer), cancellationToken);
        }
    }

    private void Apply(ReadOnlySpan<Entry> entries, CancellationToken cancellationToken)
    {
        foreach (ref readonly Entry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RaftInvariantException.Require(entry.Index == _applied + 1, "entries are applied one after the other");
            ReadOnlyMemory<byte> reply = entry.Type == EntryType.Command ? _stateMachine.Apply(entry) : default;
            Volatile.Write(ref _applied, entry.Index);
            _proposals.OnApplied(entry.Id, reply);
        }
    }

    private readonly record struct Batch(ReadOnlyMemory<Entry> Entries, ulong UpTo);
}
