using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Jepsen.Mutants;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// A node's storage: one ordered stream of writes. What was issued is readable at once; what was completed survives a crash, and of the
/// rest a prefix. Beside the stream lie snapshots, each whole and durable once it is sealed.
/// </summary>
/// <param name="history">What was committed: a snapshot stands for a part of it.</param>
internal sealed partial class SimulatedDisk(CommittedHistory history) : IRaftLogReader
{
    private readonly Queue<StorageWrite> _pending = new();
    private readonly Dictionary<SnapshotMetadata, byte[]> _snapshots = [];

    /// <summary>The log with every write that was issued.</summary>
    public LogImage Issued { get; } = new(history.Chains);

    /// <summary>The log that a power cut would leave at least.</summary>
    public LogImage Durable { get; } = new(history.Chains);

    public HardState DurableState { get; private set; }

    public HardState IssuedState { get; private set; }

    /// <summary>The newest snapshot by the last durable write.</summary>
    public SnapshotMetadata? DurableSnapshot { get; private set; }

    /// <summary>Every write of this start up to here is durable.</summary>
    public ulong PersistedSequence { get; private set; }

    /// <summary>The newest write of this start.</summary>
    public ulong IssuedSequence { get; private set; }

    public int PendingWrites => _pending.Count;

    /// <summary>The first write of this start that failed; 0 when none did. It and those after it never reach the platter.</summary>
    public ulong FailedSequence { get; private set; }

    /// <summary>Time at which the newest write will be durable; a stream completes in order.</summary>
    public long BusyUntil { get; set; }

    /// <summary>A snapshot is whole and on the platter.</summary>
    public void Seal(SnapshotMetadata snapshot, byte[] content) => _snapshots[snapshot] = content;

    /// <summary>What a sealed snapshot holds; <c>null</c> when there is no such snapshot, or a newer one has taken its place.</summary>
    public byte[]? ContentOf(SnapshotMetadata snapshot) => _snapshots.GetValueOrDefault(snapshot);

    /// <summary>Takes a write into the stream. The driver has put its entries into <see cref="Issued"/>.</summary>
    public void Issue(in StorageWrite write)
    {
        if (write.Sequence != IssuedSequence + 1)
        {
            throw new PropertyViolationException("driver", $"write {write.Sequence} follows write {IssuedSequence}");
        }

        IssuedSequence = write.Sequence;
        _pending.Enqueue(write);
        IssuedState = write.HardState;
    }

    /// <summary>Everything up to <paramref name="sequence"/> reached the platter.</summary>
    public void Complete(ulong sequence)
    {
        while (_pending.TryPeek(out StorageWrite write) && write.Sequence <= sequence)
        {
            _pending.Dequeue();
            if (FailedSequence == 0)
            {
                WriteDurably(write);
            }
        }

        PersistedSequence = sequence;
    }

    /// <summary>The oldest write under way fails.</summary>
    public void Fail() => FailedSequence = PersistedSequence + 1;

    /// <summary>The power goes: of the writes under way the first <paramref name="survivors"/> are on the platter.</summary>
    public void Crash(int survivors, Mutant mutant)
    {
        for (int i = 0; i < survivors; i++)
        {
            WriteDurably(_pending.Dequeue());
        }

        Remember();
        if (_pending.TryPeek(out StorageWrite lost))
        {
            HasTornTail = lost.Entries.Count > 0;
            mutant.OnWriteLost(this, lost);
        }

        _pending.Clear();
        IssuedSequence = 0;
        PersistedSequence = 0;
        FailedSequence = 0;
        BusyUntil = 0;
        IssuedState = DurableState;
        Issued.CopyFrom(Durable);
        ForgetSnapshots(snapshot => snapshot != DurableSnapshot);
    }

    /// <summary>Reads back what is durable.</summary>
    public RecoveredState Recover()
        => new(DurableState, Durable.Base, Durable.LastIndex, Durable.TermRuns())
        {
            Snapshot = DurableSnapshot,
            Configurations = Durable.Configurations(),
        };

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        if (from <= Issued.Base.Index)
        {
            throw new PropertyViolationException("driver", $"entry {from} is read, and the log begins behind {Issued.Base}");
        }

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
        if (write.Snapshot is { } named)
        {
            DurableSnapshot = named;
            ForgetSnapshotsBefore(named.Id.Index);
        }

        if (write.Base is { } @base)
        {
            Durable.MoveBase(@base, history);
        }

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

    private void ForgetSnapshotsBefore(ulong index) => ForgetSnapshots(snapshot => snapshot.Id.Index < index);

    private void ForgetSnapshots(Predicate<SnapshotMetadata> which)
    {
        foreach (SnapshotMetadata snapshot in _snapshots.Keys.Where(snapshot => which(snapshot)).ToList())
        {
            _snapshots.Remove(snapshot);
        }
    }
}
