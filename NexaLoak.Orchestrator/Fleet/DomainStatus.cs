namespace NexaLoak.Orchestrator.Fleet;

/// <summary>How the leader fares with the domain.</summary>
/// <param name="ListedUnixMs">When the listing that <see cref="FleetData.Published"/> stems from was reported; 0 before the first.</param>
/// <param name="Frozen">Why changes are held back; empty when they are not.</param>
/// <param name="Error">Why the last try failed; empty when it did not.</param>
internal sealed record DomainStatus(long ListedUnixMs, string Frozen, string Error)
{
    /// <summary>Before the first listing.</summary>
    public static DomainStatus Unknown { get; } = new(0, "", "");
}
