using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Core.Storage;

/// <summary>Describes a snapshot: the state machine's state after an entry, and what else a node needs to go on from there (Raft paper, section 7).</summary>
/// <param name="Id">The last entry whose effect the snapshot holds.</param>
/// <param name="Configuration">The configuration in force at that entry.</param>
/// <param name="ConfigurationIndex">Index of the entry that brought the configuration; 0 when no entry did.</param>
/// <param name="Size">Length of the content in bytes.</param>
/// <param name="Checksum">CRC32C of the content.</param>
public sealed record SnapshotMetadata(LogId Id, ClusterConfiguration Configuration, ulong ConfigurationIndex, long Size, uint Checksum);
