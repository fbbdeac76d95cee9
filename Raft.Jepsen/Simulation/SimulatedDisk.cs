using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Mutants;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// A node's storage: one ordered stream of writes. What was issued is readable at once; what was completed survives a crash, and of the
/// rest a prefix.
/// </summary>
internal sealed class SimulatedDisk : IRaftLogReader
{
    private readonly Queue<StorageWrite> _pending = new();
    private ulong _issuedSequence;

    /// <summary>The log with every write that was issued.</summary>
    public LogImage Issued { get; } = new();

    /// <summary>The log that a power cut would leave at least.</summary>
    public LogImage Durable { get; } = new();

    public HardState DurableState { get; private set; }

    public HardState IssuedState { get; private set; }

    /// <summary>Every write of this start up to here is durable.</summary>
    public ulong PersistedSequence { get; private set; }

    public int PendingWrites => _pending.Count;

    /// <summary>Time at which the newest write will be durable; a stream completes in order.</summary>
    public long BusyUntil { get; set; }

    /// <summary>Takes a write into the stream. The driver has put its entries into <see cref="Issued"/>.</summary>
    public void Issue(in StorageWrite write)
    {
        if (write.Sequence != _issuedSequence + 1)
        {
            throw new PropertyViolationException("driver", $"write {write.Sequence} follows write {_issuedSequence}");
        }

        _issuedSequence = write.Sequence;
        _pending.Enqueue(write);
        IssuedState = write.HardState;
    }

    /// <summary>Everything up to <paramref name="sequence"/> reached the platter.</summary>
    public void Complete(ulong sequence)
    {
        while (_pending.TryPeek(out StorageWrite write) && write.Sequence <= sequence)
        {
            WriteDurably(_pending.Dequeue());
        }

        PersistedSequence = sequence;
    }

    /// <summary>The power goes: of the writes under way the first <paramref name="survivors"/> are on the platter.</summary>
    public void Crash(int survivors, Mutant mutant)
    {
        for (int i = 0; i < survivors; i++)
        {
            WriteDurably(_pending.Dequeue());
        }

        if (_pending.TryPeek(out StorageWrite lost))
        {
            mutant.OnWriteLost(this, lost);
        }

        _pending.Clear();
        _issuedSequence = 0;
        PersistedSequence = 0;
        BusyUntil = 0;
        IssuedState = DurableState;
        Issued.CopyFrom(Durable);
    }

    /// <summary>Reads back what is durable.</summary>
    public RecoveredState Recover() => new(DurableState, default, Durable.LastIndex, Durable.TermRuns());

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        long bytes = 0;
        for (ulong index = from; index <= to; index++)
        {
            Entry entry = Issued[index].Entry;
            bytes += entry.Size;
            if (index > from && bytes > maxBytes)
            {
                return;
            }

            into.Add(entry);
        }
    }

    private void WriteDurably(in StorageWrite write)
    {
        DurableState = write.HardState;
        bool first = true;
        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (ref readonly Entry entry in slice.Span)
            {
                if (first)
                {
                    Durable.TruncateFrom(entry.Index);
                    first = false;
                }

                Durable.Append(entry);
            }
        }
    }
}
