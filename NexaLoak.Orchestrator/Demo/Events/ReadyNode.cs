namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>One server of a <see cref="ReadyEvent"/>.</summary>
/// <param name="Id">Name of the node.</param>
/// <param name="Pid">Process id of its <c>nexaloak serve</c>.</param>
/// <param name="Ip">Its address.</param>
/// <param name="Api">Address of its status.</param>
/// <param name="Vpn">What serves its VPN port: <c>v2ray</c> or <c>listener</c>.</param>
internal sealed record ReadyNode(string Id, int Pid, string Ip, string Api, string Vpn);
