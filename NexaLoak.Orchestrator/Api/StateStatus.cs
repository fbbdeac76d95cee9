namespace NexaLoak.Orchestrator.Api;

/// <summary>Which state a node has reached. Nodes with the same index have the same hash.</summary>
/// <param name="AppliedIndex">Index of the last command that is part of the state.</param>
/// <param name="Hash">Hash of the state at that index, in hexadecimal digits.</param>
internal sealed record StateStatus(ulong AppliedIndex, string Hash);
