using Google.Protobuf;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Log;

namespace NexaLoak.Tests.Fleet;

/// <summary>Short ways to bring a <see cref="FakeLog"/> into a state, by commands as nodes make them.</summary>
internal static class FleetBuilder
{
    public const long Time = 1_900_000_000_000;

    public static string Address(int node) => $"10.0.0.{node}";

    public static CommandReply Send(this FakeLog log, Command command, ulong proposer = 1, ulong term = 1) =>
        CommandReply.Parser.ParseFrom(log.Append(term, Bytes(command, proposer, term)).Reply.Span);

    public static CommandReply Send(this FleetState state, Command command, ulong proposer = 1, ulong term = 1, ulong? committedIn = null) =>
        CommandReply.Parser.ParseFrom(
            state.Apply(new Entry(committedIn ?? term, state.View.AppliedIndex + 1, EntryType.Command, Bytes(command, proposer, term))).Span);

    public static Command Register(int node) => new()
    {
        RegisterNode = new RegisterNode { Name = $"n{node}", Address = Address(node), ServicePort = 443, ApiAddress = $"10.0.0.{node}:8080" },
    };

    public static Command Judge(int node, NodeHealth health, ControlState control) =>
        new() { JudgeNode = new JudgeNode { Name = $"n{node}", Health = health, Control = control } };

    public static Command See(int target, ServiceState state) =>
        new() { ReportHealth = new ReportHealth { Sightings = { new ServiceSighting { Target = $"n{target}", State = state, SinceUnixMs = Time } } } };

    public static Command Assign(int node) => new() { BeginOperation = new BeginOperation { AssignIp = new AssignIp { Node = $"n{node}", Address = Address(node) } } };

    public static Command Unassign(int node, string record, UnassignReason reason = UnassignReason.Crashed) => new()
    {
        BeginOperation = new BeginOperation
        {
            UnassignIp = new UnassignIp { Node = $"n{node}", Address = Address(node), RecordId = record, Reason = reason },
        },
    };

    public static Command Done(string operation) =>
        new() { CompleteOperation = new CompleteOperation { OperationId = operation, Done = new CompleteOperation.Types.Done() } };

    public static Command Failed(string operation, string error, long retryUnixMs) => new()
    {
        CompleteOperation = new CompleteOperation
        {
            OperationId = operation,
            Failed = new CompleteOperation.Types.Failed { Error = error, RetryUnixMs = retryUnixMs },
        },
    };

    /// <summary>Registers nodes 1 to <paramref name="count"/>, all healthy, reachable, and seen as up by everybody.</summary>
    public static void AddHealthyNodes(this FakeLog log, int count, ulong term = 1)
    {
        for (int node = 1; node <= count; node++)
        {
            log.Send(Register(node), (ulong)node, term);
        }

        for (int node = 1; node <= count; node++)
        {
            log.Send(Judge(node, NodeHealth.Healthy, ControlState.Reachable), 1, term);
            for (int target = 1; target <= count; target++)
            {
                log.Send(See(target, ServiceState.Up), (ulong)node, term);
            }
        }
    }

    private static byte[] Bytes(Command command, ulong proposer, ulong term)
    {
        command.Proposer = proposer;
        command.Term = term;
        command.TimeUnixMs = Time;
        return command.ToByteArray();
    }
}
