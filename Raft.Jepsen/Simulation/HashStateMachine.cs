using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;
using Raft.Core.Storage;

namespace Raft.Jepsen.Simulation;

/// <summary>The simplest state machine that notices everything: its state is a hash of the commands it applied, in order.</summary>
internal sealed class HashStateMachine(ClusterConfiguration configuration, bool hasSessions)
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

    public int SessionCount => Sessions.SessionCount;

    /// <summary>What the commands of the sessions have changed.</summary>
    public ulong SessionState => _target.State;

    private SessionStateMachine Sessions => _sessions ??= SessionStateMachine.Over(_target);

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
        long suppressed = Sessions.Suppressed;
        Reply = Sessions.Apply(entry);
        State = Hash.Chain(State, Reply.Span);
        return Sessions.Suppressed > suppressed;
    }

    /// <summary>For planted bugs: only what the commands changed is left.</summary>
    public void ForgetSessions() => _sessions = null;

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
        if (hasSessions && !IsPartial)
        {
            ((ISnapshotStateMachine)Sessions).Restore(new MemoryStream(content[Head..].ToArray()));
        }
    }

    private byte[] SaveSessions()
    {
        if (!hasSessions)
        {
            return [];
        }

        using IStateMachineSnapshot image = ((ISnapshotStateMachine)Sessions).Capture();
        using var content = new MemoryStream();
        image.WriteTo(content, CancellationToken.None);
        return content.ToArray();
    }
}
