using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Applies commands to the state: pure functions of both, and of the term in which the command was committed.</summary>
internal static class FleetCommands
{
    /// <summary>Applies one command; a command that can't be carried out is refused and changes nothing.</summary>
    public static Transition Apply(FleetData fleet, Command command, ulong committedTerm)
    {
        if (!FleetRules.IsTime(command.TimeUnixMs))
        {
            return Transition.Refused(fleet, "The command's time is out of range.");
        }

        if (IsLeaderOnly(command.KindCase) && command.Term != committedTerm)
        {
            return Transition.Refused(fleet, $"The command was made in term {command.Term} and committed in term {committedTerm}.");
        }

        var origin = new CommandOrigin(command.Proposer, committedTerm, command.TimeUnixMs);
        return command.KindCase switch
        {
            Command.KindOneofCase.RegisterNode => NodeCommands.Register(fleet, command.RegisterNode, origin),
            Command.KindOneofCase.ReportHealth => NodeCommands.ReportHealth(fleet, command.ReportHealth, origin),
            Command.KindOneofCase.JudgeNode => NodeCommands.Judge(fleet, command.JudgeNode, origin),
            Command.KindOneofCase.BeginOperation => OperationCommands.Begin(fleet, command.BeginOperation, origin),
            Command.KindOneofCase.CompleteOperation => OperationCommands.Complete(fleet, command.CompleteOperation, origin),
            Command.KindOneofCase.ReportDomain => DomainCommands.Report(fleet, command.ReportDomain, origin),
            _ => Transition.Refused(fleet, "This version does not know the kind of command."),
        };
    }

    // Reports and registrations come from any node, on the way to the leader; everything else only a leader may say, and only in its own term: what
    // it decided as the leader of an earlier term may be wrong by now.
    private static bool IsLeaderOnly(Command.KindOneofCase kind) => kind is Command.KindOneofCase.JudgeNode
        or Command.KindOneofCase.BeginOperation or Command.KindOneofCase.CompleteOperation or Command.KindOneofCase.ReportDomain;
}
