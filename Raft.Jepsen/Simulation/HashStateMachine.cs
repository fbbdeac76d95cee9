using System.Buffers.Binary;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Jepsen.Simulation;

/// <summary>The simplest state machine that notices everything: its state is a hash of the commands it applied, in order.</summary>
internal sealed class HashStateMachine(ClusterConfiguration configuration)
{
    /// <summary>Index of the last entry applied.</summary>
    public ulong AppliedIndex { get; private set; }

    public ulong State { get; private set; }

    /// <summary>True on a witness: it has seen no commands, so its state means nothing.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>The configuration that the last applied entry found or brought, as its snapshot must have it.</summary>
    public ClusterConfiguration Configuration { get; private set; } = configuration;

    public ulong ConfigurationIndex { get; private set; }

    public void Apply(in Entry entry)
    {
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

    /// <summary>The state, and behind it bytes that a torn or mixed-up transfer would disturb.</summary>
    public byte[] Save(int padding)
    {
        if (IsPartial)
        {
            return [];
        }

        var content = new byte[(2 * sizeof(ulong)) + padding];
        BinaryPrimitives.WriteUInt64LittleEndian(content, AppliedIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(sizeof(ulong)), State);
        for (int i = 2 * sizeof(ulong); i < content.Length; i++)
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
    }
}
