namespace Raft.Core.Node.Events;

/// <summary>The node has stopped; no more events come.</summary>
/// <param name="Reason">What it could not go on for; <c>null</c> when it was asked to stop.</param>
public sealed record NodeStopped(Exception? Reason) : RaftEvent;
