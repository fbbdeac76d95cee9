namespace NexaLoak.Orchestrator.Configuration;

/// <summary>The files, in PEM, with which the node proves that it belongs to the cluster.</summary>
/// <param name="Authority">Certificate of the cluster's authority.</param>
/// <param name="Certificate">The node's certificate.</param>
/// <param name="Key">The node's private key.</param>
internal sealed record TlsConfiguration(string Authority, string Certificate, string Key);
