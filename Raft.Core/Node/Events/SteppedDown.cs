namespace Raft.Core.Node.Events;

/// <summary>The node led and does no more.</summary>
/// <param name="Term">The term that it led in.</param>
/// <param name="Reason">Why it stopped to lead.</param>
public sealed record SteppedDown(ulong Term, StepDownReason Reason) : RaftEvent;
