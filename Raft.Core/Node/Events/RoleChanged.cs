using Raft.Core.Consensus;

namespace Raft.Core.Node.Events;

/// <summary>The node took another role, or the same one in a later term.</summary>
/// <param name="Previous">Its role before.</param>
/// <param name="Role">Its role now.</param>
/// <param name="Term">Its term now.</param>
public sealed record RoleChanged(Role Previous, Role Role, ulong Term) : RaftEvent;
