using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Simulation;

/// <summary>The simplest state machine that notices everything: its state is a hash of the commands it applied, in order, and of the replies.</summary>
/// <param name="configuration">The configuration before the first entry.</param>
/// <param name="hasSessions">Commands go to client sessions too.</param>
/// <param name="store">Gets the commands too, and gives the replies: where a workload runs, in the place of the sessions.</param>
internal sealed class HashStateMachine(ClusterConfiguration configuration, bool hasSessions, ReplicatedState? store = null)
{
    private const int Head = 2 * sizeof(ulong);

    private readonly SessionTarget _target = new();
    private SessionStateMachine? _sessions;

    /// <summary>Index of the last entry applied.</summary>
    public ulong AppliedIndex { get; private set; }

    public ulong State { get; private set; }

    /// <summary>True on a witness: it has seen no commands, so its state means nothing.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>The configuration that the last applied entry found or brought, as its snapshot must have it.</summary>
    public ClusterConfiguration Configuration { get; private set; } = configuration;

    public ulong ConfigurationIndex { get; private set; }

    /// <summary>The reply of the sessions to the last entry; empty when it was none of theirs.</summary>
    public ReadOnlyMemory<byte> Reply { get; private set; }

    /// <summary>Hash of the sessions; <c>null</c> when the run has none.</summary>
    public ulong? SessionHash => hasSessions ? Sessions.ComputeSessionHash() : null;

    public bool HasSessions => hasSessions;

    /// <summary>What clients of a workload read; <c>null</c> where none runs.</summary>
    public ReplicatedState? Store => store;

    public int SessionCount => Sessions.SessionCount;

    /// <summary>What the commands of the sessions have changed.</summary>
    public ulong SessionState => _target.State;

    private SessionStateMachine Sessions => _sessions ??= SessionStateMachine.Over(_target);

    private ISnapshotStateMachine Replier => store ?? (ISnapshotStateMachine)Sessions;

    private long Suppressed => store?.Suppressed ?? Sessions.Suppressed;

    public void Apply(in Entry entry)
    {
        Reply = default;
        AppliedIndex = entry.Index;
        State = entry.Type == EntryType.Command
            ? Hash.Chain(Hash.Chain(State, entry.Index), entry.Payload.Span)
            : Hash.Chain(State, entry.Index);
        IsPartial |= entry.Type == EntryType.Withheld;
        if (entry.Type == EntryType.Configuration)
        {
            Configuration = ConfigurationCodec.Decode(entry.Payload.Span);
            ConfigurationIndex = entry.Index;
        }
    }

    /// <summary>Gives the command of the entry applied last to the sessions too. Their reply is part of the state. True when it had been carried out before.</summary>
    public bool ApplyInSession(in Entry entry)
    {
        long suppressed = Suppressed;
        Reply = Replier.Apply(entry);
        State = Hash.Chain(State, Reply.Span);
        return Suppressed > suppressed;
    }

    /// <summary>For planted bugs: only what the commands changed is left.</summary>
    public void ForgetSessions()
    {
        _sessions = null;
        store?.BeginSessions();
    }

    /// <summary>The state, and behind it bytes that a torn or mixed-up transfer would disturb.</summary>
    public byte[] Save(int padding)
    {
        if (IsPartial)
        {
            return [];
        }

        byte[] sessions = SaveSessions();
        var content = new byte[Head + sessions.Length + padding];
        BinaryPrimitives.WriteUInt64LittleEndian(content, AppliedIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(sizeof(ulong)), State);
        sessions.CopyTo(content, Head);
        for (int i = Head + sessions.Length; i < content.Length; i++)
        {
            content[i] = (byte)Hash.Chain(State, (ulong)i);
        }

        return content;
    }

    public void Restore(SnapshotMetadata snapshot, ReadOnlySpan<byte> content)
    {
        IsPartial = content.IsEmpty;
        AppliedIndex = IsPartial ? snapshot.Id.Index : BinaryPrimitives.ReadUInt64LittleEndian(content);
        State = IsPartial ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(content[sizeof(ulong)..]);
        Configuration = snapshot.Configuration;
        ConfigurationIndex = snapshot.ConfigurationIndex;
        Reply = default;
        if (store is not null && !IsPartial)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(content[Head..]);
            store.Restore(new MemoryStream(content.Slice(Head + sizeof(int), length).ToArray()));
        }
        else if (hasSessions && !IsPartial)
        {
            ((ISnapshotStateMachine)Sessions).Restore(new MemoryStream(content[Head..].ToArray()));
        }
    }

    private byte[] SaveSessions()
    {
        if (!hasSessions && store is null)
        {
            return [];
        }

        using IStateMachineSnapshot image = Replier.Capture();
        using var content = new MemoryStream();
        if (store is not null)
        {
            // A store reads to the end of its bytes, and others follow.
            content.Write(new byte[sizeof(int)]);
        }

        image.WriteTo(content, CancellationToken.None);
        byte[] bytes = content.ToArray();
        if (store is not null)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - sizeof(int));
        }

        return bytes;
    }
}
