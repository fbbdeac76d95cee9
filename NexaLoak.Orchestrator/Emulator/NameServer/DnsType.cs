namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>Types of records on the wire (RFC 1035, section 3.2.2; RFC 3596; RFC 6891).</summary>
internal enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    OPT = 41,
    Any = 255,
}
