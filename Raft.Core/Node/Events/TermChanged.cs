namespace Raft.Core.Node.Events;

/// <summary>The node learned of a later term, or began one.</summary>
/// <param name="Term">The term.</param>
public sealed record TermChanged(ulong Term) : RaftEvent;
