namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Bounds of the replicated state. All nodes apply them alike, so a change of one is a change of the protocol.</summary>
internal static class FleetLimits
{
    /// <summary>Registered nodes.</summary>
    public const int Nodes = 1_000;

    /// <summary>Sightings in one health report.</summary>
    public const int SightingsPerReport = Nodes;

    /// <summary>Addresses in one listing of the domain.</summary>
    public const int PublishedAddresses = 10_000;

    /// <summary>Operations that are under way or wait for another try.</summary>
    public const int UnfinishedOperations = 1_000;

    /// <summary>Newest finished operations that are kept to be shown.</summary>
    public const int FinishedOperations = 256;

    /// <summary>Newest incidents that are kept to be shown.</summary>
    public const int Incidents = 256;

    /// <summary>Characters of a free text, such as an error.</summary>
    public const int TextLength = 512;

    /// <summary>Characters of a name: those of a node and of a cluster have to fit into the comment of a record.</summary>
    public const int NameLength = 32;
}
