namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>A record of an answer.</summary>
/// <param name="Name">Its owner.</param>
/// <param name="Type">Its type.</param>
/// <param name="Ttl">Seconds that it may be kept.</param>
/// <param name="Data">Its data on the wire.</param>
internal sealed record DnsAnswerRecord(string Name, DnsType Type, uint Ttl, ReadOnlyMemory<byte> Data);
