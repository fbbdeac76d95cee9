namespace NexaLoak.Orchestrator.Fleet;

/// <summary>What this node announces of itself.</summary>
/// <param name="Name">Short name, such as "n1".</param>
/// <param name="Address">Public IPv4 address in dotted form.</param>
/// <param name="ServicePort">TCP port of the VPN service.</param>
/// <param name="ApiAddress">Where its HTTP API listens, as "host:port".</param>
internal sealed record LocalNode(string Name, string Address, int ServicePort, string ApiAddress);
