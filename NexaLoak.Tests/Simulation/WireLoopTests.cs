using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class WireLoopTests
{
    private static readonly Message Append = new()
    {
        Type = MessageType.AppendRequest,
        From = new NodeId(1),
        To = new NodeId(2),
        Term = 7,
        LogIndex = 3,
        LogTerm = 2,
        Commit = 3,
        ReadContext = 5,
    };

    [Test]
    public void A_message_comes_out_as_it_went_in_and_shares_no_memory()
    {
        byte[] payload = [1, 2, 3];
        var wire = new WireLoop();
        Message read = wire.Pass(Append with { Entries = new[] { new Entry(7, 4, EntryType.Command, payload) } });
        payload[0] = 99;
        Assert.That(read.Entries.Span[0].Payload.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(wire.Pass(Append), Is.EqualTo(Append with { Entries = wire.Pass(Append).Entries }));
    }

    /// <summary>A type that the encoding does not know is dropped by the receiver, which a simulated cluster must notice.</summary>
    [Test]
    public void A_message_that_is_lost_on_the_wire_breaks_a_property()
        => Assert.That(
            () => new WireLoop().Pass(Append with { Type = (MessageType)200 }),
            Throws.TypeOf<PropertyViolationException>().With.Property(nameof(PropertyViolationException.Property)).EqualTo("W1 encoding"));
}
