namespace Raft.Core.Node.Events;

/// <summary>The subscriber was too slow, and the oldest events were given up. Stands where they would have stood.</summary>
/// <param name="Count">How many were lost.</param>
public sealed record EventsLost(ulong Count) : RaftEvent;
