namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>An EDNS record of a query (RFC 6891, section 6.1).</summary>
/// <param name="PayloadSize">Largest UDP answer that the client takes, in bytes.</param>
/// <param name="Version">Version of the extension.</param>
internal sealed record DnsExtension(ushort PayloadSize, byte Version);
