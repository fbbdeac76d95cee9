using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Commands about effects outside the cluster.</summary>
internal static class OperationCommands
{
    /// <summary>The leader states what it is about to do; answers with the operation's id.</summary>
    public static Transition Begin(FleetData fleet, BeginOperation begin, CommandOrigin origin)
    {
        if (SubjectOf(begin) is not { } subject)
        {
            return Transition.Refused(fleet, "This version does not know the kind of operation.");
        }

        UnassignReason reason = begin.UnassignIp?.Reason ?? UnassignReason.Unspecified;
        if (WhyNotBegin(fleet, subject, reason) is { } refusal)
        {
            return Transition.Refused(fleet, refusal);
        }

        Operation operation = fleet.UnfinishedOn(subject) is { } earlier ? Resume(earlier, reason, origin) : New(fleet, subject, reason, origin);
        FleetData next = fleet with
        {
            Operations = fleet.Operations.SetItem(operation.Generation, operation),
            OperationsBegun = Math.Max(fleet.OperationsBegun, operation.Generation),
        };
        return new Transition(next, new CommandReply { Accepted = true, OperationId = operation.Id });
    }

    /// <summary>The leader states what became of an operation.</summary>
    public static Transition Complete(FleetData fleet, CompleteOperation complete, CommandOrigin origin)
    {
        Operation? operation = fleet.Operations.Values.LastOrDefault(candidate => candidate.Id == complete.OperationId);
        if (operation is null)
        {
            return Transition.Refused(fleet, "No such operation.");
        }

        if (!operation.IsUnfinished)
        {
            return Transition.Refused(fleet, $"Operation {operation.Id} is finished: {operation.State}.");
        }

        Operation? outcome = Outcome(operation, complete, origin);
        if (outcome is null)
        {
            return Transition.Refused(fleet, $"The outcome of operation {operation.Id} is not one that this version knows.");
        }

        FleetData next = fleet with { Operations = fleet.Operations.SetItem(outcome.Generation, outcome) };
        if (outcome.State == OperationState.Done)
        {
            next = WithEffect(next, outcome, origin);
        }

        return Transition.Accepted(WithoutOldest(next));
    }

    private static OperationSubject? SubjectOf(BeginOperation begin) => begin.IntentCase switch
    {
        BeginOperation.IntentOneofCase.AssignIp =>
            new OperationSubject(OperationKind.AssignIp, begin.AssignIp.Node, begin.AssignIp.Address, ""),
        BeginOperation.IntentOneofCase.UnassignIp =>
            new OperationSubject(OperationKind.UnassignIp, begin.UnassignIp.Node, begin.UnassignIp.Address, begin.UnassignIp.RecordId),
        _ => null,
    };

    private static string? WhyNotBegin(FleetData fleet, OperationSubject subject, UnassignReason reason)
    {
        if (!FleetRules.IsName(subject.Node) || !FleetRules.IsAddress(subject.Address) || !FleetRules.IsText(subject.RecordId))
        {
            return "The operation's node, address or record is malformed.";
        }

        if (subject.Kind == OperationKind.AssignIp && fleet.NodeByAddress(subject.Address)?.Name != subject.Node)
        {
            return $"{subject.Address} is not the address of node {subject.Node}.";
        }

        if (subject.Kind == OperationKind.UnassignIp
            && (subject.RecordId.Length == 0 || reason is not (UnassignReason.Crashed or UnassignReason.Stale or UnassignReason.Duplicate)))
        {
            return "A record is deleted by its id and for a reason.";
        }

        int unfinished = fleet.Operations.Values.Count(operation => operation.IsUnfinished);
        return unfinished >= FleetLimits.UnfinishedOperations && fleet.UnfinishedOn(subject) is null
            ? $"{FleetLimits.UnfinishedOperations} operations are unfinished, which is the limit."
            : null;
    }

    private static Operation New(FleetData fleet, OperationSubject subject, UnassignReason reason, CommandOrigin origin)
    {
        ulong generation = fleet.OperationsBegun + 1;
        return new Operation
        {
            Generation = generation,
            Id = subject.OperationId(generation),
            Subject = subject,
            Reason = reason,
            State = OperationState.Running,
            Term = origin.Term,
            Attempt = 1,
            BegunUnixMs = origin.TimeUnixMs,
            ChangedUnixMs = origin.TimeUnixMs,
        };
    }

    private static Operation Resume(Operation earlier, UnassignReason reason, CommandOrigin origin) => earlier with
    {
        Reason = reason,
        State = OperationState.Running,
        Term = origin.Term,
        Attempt = earlier.Attempt + 1,
        ChangedUnixMs = origin.TimeUnixMs,
        RetryUnixMs = 0,
        Note = "",
    };

    private static Operation? Outcome(Operation operation, CompleteOperation complete, CommandOrigin origin)
    {
        Operation changed = operation with { ChangedUnixMs = origin.TimeUnixMs, RetryUnixMs = 0, Note = "" };
        return complete.OutcomeCase switch
        {
            CompleteOperation.OutcomeOneofCase.Done => changed with { State = OperationState.Done },
            CompleteOperation.OutcomeOneofCase.Failed when complete.Failed is var failed
                && FleetRules.IsText(failed.Error) && FleetRules.IsTime(failed.RetryUnixMs) =>
                changed with { State = OperationState.Failed, Note = failed.Error, RetryUnixMs = failed.RetryUnixMs },
            CompleteOperation.OutcomeOneofCase.Abandoned when FleetRules.IsText(complete.Abandoned.Reason) =>
                changed with { State = OperationState.Abandoned, Note = complete.Abandoned.Reason },
            _ => null,
        };
    }

    private static FleetData WithEffect(FleetData fleet, Operation done, CommandOrigin origin)
    {
        (OperationKind kind, string node, string address, _) = done.Subject;
        if (kind == OperationKind.AssignIp)
        {
            return (fleet with { Published = fleet.Published.SetItem(address, new PublishedAddress(node, done.Term)) })
                .WithIncident(IncidentKind.Assigned, origin.TimeUnixMs, node, address);
        }

        // Without a duplicate the address is still published.
        return done.Reason == UnassignReason.Duplicate
            ? fleet
            : (fleet with { Published = fleet.Published.Remove(address) }).WithIncident(IncidentKind.Unassigned, origin.TimeUnixMs, node, address);
    }

    private static FleetData WithoutOldest(FleetData fleet)
    {
        int surplus = fleet.Operations.Values.Count(operation => !operation.IsUnfinished) - FleetLimits.FinishedOperations;
        return surplus <= 0
            ? fleet
            : fleet with
            {
                Operations = fleet.Operations.RemoveRange(
                    fleet.Operations.Values.Where(operation => !operation.IsUnfinished).Take(surplus).Select(operation => operation.Generation)),
            };
    }
}
