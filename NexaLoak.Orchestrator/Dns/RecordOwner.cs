namespace NexaLoak.Orchestrator.Dns;

/// <summary>Who made a record, as its comment says: <c>nexaloak:CLUSTER:NODE:tTERM</c>.</summary>
/// <param name="Cluster">Id of the cluster, so that two clusters can share a zone.</param>
/// <param name="Node">The node whose address the record holds.</param>
/// <param name="Term">Raft term of the leader that wrote it: tells a late write of a deposed leader from a good one.</param>
internal sealed record RecordOwner(string Cluster, string Node, ulong Term);
