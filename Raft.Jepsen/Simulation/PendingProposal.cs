using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

/// <summary>A command that a client waits for, and the place that its leader gave it.</summary>
internal readonly record struct PendingProposal(LogId Id);
