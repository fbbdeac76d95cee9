using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace Raft.Core.Node;

/// <summary>How far a state machine has come, and the configuration in force there: what its snapshot must say of itself.</summary>
/// <param name="Id">The last entry applied.</param>
/// <param name="Configuration">The configuration that it found or brought.</param>
/// <param name="ConfigurationIndex">Index of the entry that brought it; 0 when none did.</param>
internal readonly record struct AppliedState(LogId Id, ClusterConfiguration Configuration, ulong ConfigurationIndex)
{
    public static AppliedState Nothing { get; } = new(default, ClusterConfiguration.Empty, 0);

    public static AppliedState Of(SnapshotMetadata snapshot) => new(snapshot.Id, snapshot.Configuration, snapshot.ConfigurationIndex);

    public AppliedState After(in Entry entry)
        => entry.Type == EntryType.Configuration
            ? new AppliedState(entry.Id, ConfigurationCodec.Decode(entry.Payload.Span), entry.Index)
            : this with { Id = entry.Id };
}
