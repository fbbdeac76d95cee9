using System.Net;
using Raft.Core.Node.Snapshots;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>Where this node listens for the others, Raft's timing, and how much log it keeps.</summary>
/// <param name="Listen">Address and port that the node binds.</param>
/// <param name="Tick">Length of a tick.</param>
/// <param name="ElectionTicks">Ticks without a leader's message after which a node campaigns.</param>
/// <param name="HeartbeatTicks">Ticks between heartbeats.</param>
/// <param name="Snapshots">When it takes a snapshot, behind which the log is given up.</param>
internal sealed record RaftConfiguration(IPEndPoint Listen, TimeSpan Tick, int ElectionTicks, int HeartbeatTicks, SnapshotPolicy Snapshots);
