using System.Globalization;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Shrinking;

/// <summary>A scenario as a person reads it.</summary>
internal static class ScenarioText
{
    public static IEnumerable<string> Lines(Scenario scenario)
    {
        FaultPlan plan = scenario.Plan;
        yield return $"seed {scenario.Seed}{(scenario.Mutant is null ? "" : $" with {scenario.Mutant}")} breaks {scenario.Property}";
        yield return $"  nodes: {plan.Voters} voters, {plan.Learners} learners, {plan.Spares} spares; faults end after {Seconds(scenario.Duration)} s";
        foreach ((string name, string value) in Knobs.DifferingFromPlain(plan))
        {
            yield return $"  knob {name} = {value}";
        }

        if (scenario.QuietLinks.Count > 0)
        {
            yield return $"  links without noise: {string.Join(' ', scenario.QuietLinks)}";
        }

        if (scenario.Workload is { } workload)
        {
            yield return $"  clients of the {workload.ToString().ToLowerInvariant()} workload, whose requests are drawn from the seed";
        }

        yield return $"  {scenario.Faults.Count} faults:";
        foreach (Fault fault in scenario.Faults)
        {
            yield return $"    {Seconds(fault.At)}  {Describe(fault)}{When(fault)}";
        }

        yield return $"  {scenario.Operations.Count} requests:";
        foreach (Operation operation in scenario.Operations)
        {
            yield return $"    {Seconds(operation.At)}  {Describe(operation)}";
        }
    }

    private static string Describe(Fault fault) => fault.Effect switch
    {
        FaultEffect.Crash => $"node {fault.Node} crashes for {Milliseconds(fault.Duration)}; {Survivors(fault)}",
        FaultEffect.FailDisk => $"node {fault.Node}'s next write fails; it is down for {Milliseconds(fault.Duration)}; {Survivors(fault)}",
        FaultEffect.Cut => $"cut for {Milliseconds(fault.Duration)}: {string.Join(' ', fault.Links)}",
        FaultEffect.Pause => $"node {fault.Node} pauses for {Milliseconds(fault.Duration)}",
        FaultEffect.SlowDisk => $"node {fault.Node}'s writes take {Milliseconds(fault.Duration)} longer",
        FaultEffect.SlowLink => $"messages {fault.Node}>{fault.Peer} take {Milliseconds(fault.Duration)} longer",
        FaultEffect.ClockRate => $"node {fault.Node}'s ticks take {fault.Amount} thousandths of their time",
        FaultEffect.Transfer => $"the leader hands over to {(fault.Node == 0 ? "whoever it likes" : $"node {fault.Node}")}",
        FaultEffect.ReplayAcks => $"old acknowledgements reach node {fault.Node}",
        FaultEffect.StayDown => $"node {fault.Node} is down for good; {Survivors(fault)}",
        FaultEffect.FillDisk =>
            $"node {fault.Node}'s disk is full for {Milliseconds(fault.Duration)}, after {fault.Amount} more writes; {Survivors(fault)}",
        FaultEffect.DamageDisk => $"node {fault.Node} crashes, and its disk is damaged ({fault.Amount}); {Survivors(fault)}",
        FaultEffect.WipeDisk => $"node {fault.Node} crashes, and its disk is wiped",
        _ => fault.Effect.ToString(),
    };

    private static string Survivors(Fault fault) => fault.Survivors switch
    {
        0 => "no write under way survives",
        1000 => "all writes under way survive",
        _ => $"{fault.Survivors} thousandths of the writes under way survive",
    };

    private static string When(Fault fault)
    {
        string later = fault.Delay == 0 ? "" : $", {Milliseconds(fault.Delay)} later";
        return fault.Cause.Kind switch
        {
            CauseKind.Moment => $" (node {fault.Cause.Node}, {(TriggerPoint)fault.Cause.Which} number {fault.Cause.Number + 1}{later})",
            CauseKind.Ready => $" (in its Ready number {fault.Cause.Number + 1}, after {fault.Amount} effects)",
            _ => "",
        };
    }

    private static string Describe(Operation operation)
    {
        string who = operation.ToLeader ? $"the leader, or else node {operation.Node}" : $"node {operation.Node}";
        return operation.Changes is { } changes ? $"change of members to {who}: {string.Join(", ", changes)}"
            : operation.Kind == OperationKind.StaleRead ? $"read of a bounded age from {who}"
            : operation.Kind == OperationKind.Read ? $"read from {who}"
            : $"{operation.Commands} commands to {who}{(operation.Forward ? ", who may pass them on" : "")}";
    }

    private static string Seconds(long microseconds) => EventTrace.Seconds(microseconds);

    private static string Milliseconds(long microseconds) => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000.0:0.###} ms");
}
