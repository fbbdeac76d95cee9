using System.Net;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>Where this node listens for the others, and Raft's timing.</summary>
/// <param name="Listen">Address and port that the node binds.</param>
/// <param name="Tick">Length of a tick.</param>
/// <param name="ElectionTicks">Ticks without a leader's message after which a node campaigns.</param>
/// <param name="HeartbeatTicks">Ticks between heartbeats.</param>
internal sealed record RaftConfiguration(IPEndPoint Listen, TimeSpan Tick, int ElectionTicks, int HeartbeatTicks);
