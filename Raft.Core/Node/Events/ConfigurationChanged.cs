using Raft.Core.Membership;

namespace Raft.Core.Node.Events;

/// <summary>Another configuration is in force on this node: one that was appended to its log, or the one before after a truncation.</summary>
/// <param name="Configuration">The configuration in force.</param>
public sealed record ConfigurationChanged(ClusterConfiguration Configuration) : RaftEvent;
