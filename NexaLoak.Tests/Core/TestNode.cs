using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core;

/// <summary>A core with a disk whose writes complete at once, or when the test says so.</summary>
internal sealed class TestNode
{
    private readonly ClusterConfiguration _configuration;
    private readonly RaftOptions _options;
    private readonly List<OutboundMessage> _waiting = [];
    private readonly Ready _ready = new();
    private readonly CommittedHistory _history;
    private ulong _seed;

    /// <param name="id">The node's id.</param>
    /// <param name="configuration">The members.</param>
    /// <param name="options">Timing and limits.</param>
    /// <param name="history">What stands behind snapshots: entries of term 1 by default.</param>
    /// <param name="seed">Makes other election timeouts.</param>
    public TestNode(ulong id, ClusterConfiguration configuration, RaftOptions options, CommittedHistory? history = null, ulong seed = 0)
    {
        _seed = seed;
        _history = history ?? HistoryOf(100);
        Disk = new SimulatedDisk(_history);
        Id = new NodeId(id);
        _configuration = configuration;
        _options = options;
        Core = Start();
    }

    public NodeId Id { get; }

    public RaftCore Core { get; private set; }

    public SimulatedDisk Disk { get; }

    /// <summary>The snapshots that took the place of the log, in order.</summary>
    public List<SnapshotMetadata> Restored { get; } = [];

    /// <summary>Pieces of a snapshot that arrived, in order.</summary>
    public List<SnapshotChunk> Received { get; } = [];

    /// <summary>Pieces are not written to the disk, so nothing is acknowledged and no snapshot is ever staged.</summary>
    public bool HoldsChunks { get; set; }

    /// <summary>Writes stay under way until <see cref="Persist"/>.</summary>
    public bool HoldsWrites { get; set; }

    public ulong NewestWrite { get; private set; }

    public ulong Applicable { get; private set; }

    public List<ReadState> Reads { get; } = [];

    public List<ulong> FailedReads { get; } = [];

    /// <summary>Gives the node a durable past: a hard state and a log with the given terms from index 1 on.</summary>
    public TestNode WithPast(ulong term, ulong votedFor, params ulong[] entryTerms)
    {
        Entry[] entries = [.. entryTerms.Select((entryTerm, i) => EntryOf(entryTerm, (ulong)i + 1))];
        Disk.Issue(new StorageWrite(1, new HardState(term, new NodeId(votedFor), 0), [entries]));
        Disk.Complete(1);
        return Crash();
    }

    private static CommittedHistory HistoryOf(int entries)
    {
        var history = new CommittedHistory();
        for (ulong index = 1; index <= (ulong)entries; index++)
        {
            history.Add(new LogSlot(EntryOf(1, index), index), 1);
        }

        return history;
    }

    public static Entry EntryOf(ulong term, ulong index) => new(term, index, EntryType.Command, new byte[] { (byte)term, (byte)index });

    /// <summary>Loses everything that is not durable and starts again.</summary>
    public TestNode Crash()
    {
        Disk.Crash(0, Mutant.None);
        _waiting.Clear();
        NewestWrite = 0;
        Applicable = 0;
        Reads.Clear();
        FailedReads.Clear();
        Received.Clear();
        Core = Start();
        return this;
    }

    /// <summary>The node has a sealed snapshot of its log up to an index.</summary>
    public SnapshotMetadata TakeSnapshot(ulong index, int size = 10)
    {
        var id = new LogId(Core.TermAt(index)!.Value, index);
        var snapshot = new SnapshotMetadata(id, Core.Configuration, 0, size, (uint)index);
        Disk.Seal(snapshot, new byte[size]);
        Core.OnSnapshotSaved(snapshot);
        return snapshot;
    }

    public void Tick(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Core.Tick();
        }
    }

    /// <summary>Gives the core a message and returns what it answers, as far as it may leave.</summary>
    public List<Message> Step(Message message)
    {
        Core.Step(message);
        return Drain();
    }

    /// <summary>Carries out what the core asks for. Returns the messages that may leave.</summary>
    public List<Message> Drain()
    {
        var leaving = new List<Message>();
        while (Core.TakeReady(_ready))
        {
            if (_ready.Write is { } write)
            {
                Write(write);
            }

            _waiting.AddRange(_ready.Messages);
            Applicable = _ready.ApplicableIndex;
            CarryChunks();
            Reads.AddRange(_ready.Reads);
            FailedReads.AddRange(_ready.FailedReads);
            if (!HoldsWrites)
            {
                Complete(NewestWrite);
            }

            leaving.AddRange(TakeSendable());
        }

        return leaving;
    }

    /// <summary>Writes up to a sequence number become durable, by default all. Returns the messages that may leave now.</summary>
    public List<Message> Persist(ulong upTo = ulong.MaxValue)
    {
        Complete(Math.Min(upTo, NewestWrite));
        return [.. TakeSendable(), .. Drain()];
    }

    private void Complete(ulong sequence)
    {
        if (sequence > Disk.PersistedSequence)
        {
            Disk.Complete(sequence);
            Core.OnPersisted(sequence);
        }
    }

    private List<Message> TakeSendable()
    {
        bool MayLeave(OutboundMessage outbound) => outbound.AfterWrite <= Disk.PersistedSequence;
        List<Message> sendable = [.. _waiting.Where(MayLeave).Select(outbound => outbound.Message)];
        _waiting.RemoveAll(MayLeave);
        return sendable;
    }

    private void CarryChunks()
    {
        if (_ready.Restore is { } restored)
        {
            Restored.Add(restored);
        }

        _waiting.AddRange(_ready.ChunksToSend.Select(chunk => new OutboundMessage(chunk.ToMessage(new byte[chunk.Length]), 0)));
        foreach (SnapshotChunk chunk in _ready.ChunksReceived)
        {
            Received.Add(chunk);
            if (!HoldsChunks)
            {
                StoreChunk(chunk);
            }
        }
    }

    private void StoreChunk(SnapshotChunk chunk)
    {
        Core.OnChunkWritten(chunk.Snapshot, chunk.Offset + chunk.Data.Length);
        if (chunk.IsLast)
        {
            Disk.Seal(chunk.Snapshot, new byte[chunk.Snapshot.Size]);
            Core.OnSnapshotStaged(chunk.Snapshot);
        }
    }

    private void Write(in StorageWrite write)
    {
        if (write.Base is { } newBase)
        {
            Disk.Issued.MoveBase(newBase, _history);
        }

        foreach (ReadOnlyMemory<Entry> slice in write.Entries)
        {
            foreach (Entry entry in slice.Span)
            {
                Disk.Issued.TruncateFrom(entry.Index);
                Disk.Issued.Append(entry);
            }
        }

        Disk.Issue(write);
        NewestWrite = write.Sequence;
    }

    private RaftCore Start()
        => new(Id, _configuration, _options, Disk.Recover(), Disk, (Id.Value * 1000) + ++_seed);
}
