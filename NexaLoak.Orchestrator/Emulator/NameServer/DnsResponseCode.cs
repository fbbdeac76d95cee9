namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>What a name server says about a query (RFC 1035, section 4.1.1; RFC 6891, section 6.1.3).</summary>
internal enum DnsResponseCode
{
    NoError = 0,
    FormatError = 1,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}
