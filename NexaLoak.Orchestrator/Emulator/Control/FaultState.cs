using NexaLoak.Orchestrator.Emulator.Faults;

namespace NexaLoak.Orchestrator.Emulator.Control;

/// <summary>A fault as other processes see it.</summary>
/// <param name="Id">Names the fault.</param>
/// <param name="Rule">Which requests meet it.</param>
/// <param name="Hits">Requests that met it.</param>
/// <param name="Hanging">Requests that wait at it now.</param>
internal sealed record FaultState(long Id, FaultRule Rule, int Hits, int Hanging)
{
    /// <summary>The state of a fault.</summary>
    public static FaultState Of(ActiveFault fault) => new(fault.Id, fault.Rule, fault.Hits, fault.Hanging);
}
