using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Tests.Fleet;

/// <summary>Commands over a small world, so that they meet each other: sensible ones, nonsensical ones, and plain bytes.</summary>
internal static class CommandGenerator
{
    private static readonly Gen<string> Name = Gen.Elements("n1", "n2", "n3", "n4", "", "N 5", "a:b");
    private static readonly Gen<string> Address = Gen.Elements("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "0.0.0.0", "10.0.0.01", "x");
    private static readonly Gen<string> RecordId = Gen.Elements("r1", "r2", "r3", "");
    private static readonly Gen<string> Text = Gen.Elements("", "some text", "two\nlines", new string('x', 600));
    private static readonly Gen<long> Time = Gen.Elements(1_900_000_000_000L, 0L, 5L, -1L, long.MaxValue);
    private static readonly Gen<ulong> Small = Gen.Choose(0, 4).Select(value => (ulong)value);

    /// <summary>A term and an entry's payload.</summary>
    public static Gen<(ulong Term, byte[] Payload)> Entry { get; } =
        from term in Gen.Choose(1, 3)
        from payload in Gen.Frequency((8, Command().Select(command => command.ToByteArray())), (1, Bytes()), (1, Damaged()))
        select ((ulong)term, payload);

    /// <summary>Sequences of entries.</summary>
    public static Arbitrary<(ulong Term, byte[] Payload)[]> Entries { get; } = Entry.ListOf().Select(list => list.ToArray()).ToArbitrary();

    private static Gen<byte[]> Bytes() => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    private static Gen<byte[]> Damaged() =>
        from command in Command()
        from place in Gen.Choose(0, 1_000)
        from bit in Gen.Choose(0, 7)
        select Flip(command.ToByteArray(), place, bit);

    private static byte[] Flip(byte[] bytes, int place, int bit)
    {
        if (bytes.Length > 0)
        {
            bytes[place % bytes.Length] ^= (byte)(1 << bit);
        }

        return bytes;
    }

    private static Gen<Command> Command() =>
        from proposer in Small
        from term in Gen.Choose(1, 3)
        from time in Gen.Frequency((9, Gen.Constant(1_900_000_000_000L)), (1, Time))
        from kind in Gen.OneOf(Register(), Report(), Judge(), Begin(), Complete(), Domain(), Gen.Constant(new Command()))
        select Envelope(kind.Clone(), proposer, (ulong)term, time);

    private static Command Envelope(Command command, ulong proposer, ulong term, long time)
    {
        command.Proposer = proposer;
        command.Term = term;
        command.TimeUnixMs = time;
        return command;
    }

    private static Gen<Command> Register() =>
        from number in Gen.Choose(1, 3)
        from name in Gen.Frequency((8, Gen.Constant($"n{number}")), (1, Name))
        from address in Gen.Frequency((8, Gen.Constant($"10.0.0.{number}")), (1, Address))
        from port in Gen.Frequency((8, Gen.Constant(443u)), (1, Gen.Elements(8443u, 0u, 70_000u)))
        from api in Gen.Frequency((8, Gen.Constant("api:1")), (1, Text))
        select new Command { RegisterNode = new RegisterNode { Name = name, Address = address, ServicePort = port, ApiAddress = api } };

    private static Gen<Command> Report() =>
        from sightings in Sighting().ListOf(3)
        select new Command { ReportHealth = new ReportHealth { Sightings = { sightings.Select(sighting => sighting.Clone()) } } };

    private static Gen<ServiceSighting> Sighting() =>
        from target in Gen.Elements("n1", "n2", "n3", "n1", "n2", "n3", "zz")
        from state in Gen.Elements(0, 1, 2, 1, 2, 1, 2, 9)
        from since in Gen.Frequency((9, Gen.Constant(7L)), (1, Time))
        select new ServiceSighting { Target = target, State = (ServiceState)state, SinceUnixMs = since };

    private static Gen<Command> Judge() =>
        from name in Gen.Frequency((8, Gen.Elements("n1", "n2", "n3")), (1, Name))
        from health in Gen.Frequency((8, Gen.Choose(1, 2)), (1, Gen.Choose(0, 3)))
        from control in Gen.Frequency((8, Gen.Choose(1, 2)), (1, Gen.Choose(0, 3)))
        select new Command { JudgeNode = new JudgeNode { Name = name, Health = (NodeHealth)health, Control = (ControlState)control } };

    private static Gen<Command> Begin() =>
        from number in Gen.Choose(1, 3)
        from node in Gen.Frequency((6, Gen.Constant($"n{number}")), (1, Name))
        from address in Gen.Frequency((6, Gen.Constant($"10.0.0.{number}")), (1, Address))
        from record in Gen.Frequency((6, Gen.Constant("r1")), (1, RecordId))
        from reason in Gen.Frequency((6, Gen.Choose(1, 3)), (1, Gen.Choose(0, 4)))
        from kind in Gen.Choose(0, 4)
        select new Command
        {
            BeginOperation = kind switch
            {
                0 => new BeginOperation(),
                1 or 2 => new BeginOperation { AssignIp = new AssignIp { Node = node, Address = address } },
                _ => new BeginOperation
                {
                    UnassignIp = new UnassignIp { Node = node, Address = address, RecordId = record, Reason = (UnassignReason)reason },
                },
            },
        };

    // Ids are hashes of what is begun: those of the first few operations that can come up are worth guessing.
    private static Gen<Command> Complete() =>
        from id in Gen.Frequency((9, Gen.Elements(PlausibleIds())), (1, Text))
        from outcome in Gen.Choose(0, 5)
        from text in Text
        from time in Time
        select new Command { CompleteOperation = Outcome(new CompleteOperation { OperationId = id }, outcome, text, time) };

    private static CompleteOperation Outcome(CompleteOperation complete, int outcome, string text, long time)
    {
        switch (outcome)
        {
            case 0:
                break;
            case 1:
                complete.Abandoned = new CompleteOperation.Types.Abandoned { Reason = text };
                break;
            case 2:
                complete.Failed = new CompleteOperation.Types.Failed { Error = text, RetryUnixMs = time };
                break;
            default:
                complete.Done = new CompleteOperation.Types.Done();
                break;
        }

        return complete;
    }

    private static string[] PlausibleIds() =>
    [
        .. from generation in Enumerable.Range(1, 4)
           from node in Enumerable.Range(1, 3)
           from record in (string[])["", "r1"]
           let kind = record.Length == 0 ? OperationKind.AssignIp : OperationKind.UnassignIp
           select new NexaLoak.Orchestrator.Fleet.OperationSubject(kind, $"n{node}", $"10.0.0.{node}", record).OperationId((ulong)generation),
    ];

    private static Gen<Command> Domain() =>
        from listed in Gen.Choose(0, 2)
        from addresses in Address.ListOf(2)
        from node in Name
        from frozen in Text
        from error in Text
        select new Command
        {
            ReportDomain = new ReportDomain
            {
                Frozen = frozen,
                Error = error,
                Listing = listed == 0
                    ? null
                    : new DomainListing { Published = { addresses.Select(address => new PublishedRecord { Address = address, Node = node, Term = 1 }) } },
            },
        };
}
