namespace NexaLoak.Orchestrator.Dns;

/// <summary>One address record of the service's domain.</summary>
/// <param name="Id">The DNS provider's id of the record.</param>
/// <param name="Address">The IPv4 address in dotted form.</param>
/// <param name="Owner">Who made it; <c>null</c> when it is not ours, and then it is never touched.</param>
internal sealed record DomainRecord(string Id, string Address, RecordOwner? Owner);
