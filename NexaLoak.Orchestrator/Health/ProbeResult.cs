namespace NexaLoak.Orchestrator.Health;

/// <summary>What one probe of a service port showed.</summary>
internal enum ProbeResult
{
    /// <summary>Nothing about the service: the probing host itself could not ask.</summary>
    Inconclusive,

    /// <summary>A connection was accepted.</summary>
    Success,

    /// <summary>The connection was refused or not answered in time.</summary>
    Failure,
}
