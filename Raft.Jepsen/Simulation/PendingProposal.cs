using Raft.Core.Log;
using Raft.Core.Node;

namespace Raft.Jepsen.Simulation;

/// <summary>A command that a client waits for, and the place that its leader gave it.</summary>
/// <param name="Id">The place.</param>
/// <param name="Caller">Gets the result; <c>null</c> when nobody does.</param>
internal readonly record struct PendingProposal(LogId Id, TaskCompletionSource<ProposalResult>? Caller = null);
