namespace Raft.Core.Node.Events;

/// <summary>Something that happened to a node, as <see cref="IRaft.WatchAsync"/> tells it.</summary>
public abstract record RaftEvent;
