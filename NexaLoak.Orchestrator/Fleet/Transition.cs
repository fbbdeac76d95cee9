using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>What a command made of the state, and the answer to it.</summary>
internal readonly record struct Transition(FleetData Fleet, CommandReply Reply)
{
    /// <summary>The command was carried out.</summary>
    public static Transition Accepted(FleetData fleet) => new(fleet, new CommandReply { Accepted = true });

    /// <summary>The command was refused; the state stays as it was.</summary>
    public static Transition Refused(FleetData fleet, string reason) => new(fleet, new CommandReply { Reason = reason });
}
