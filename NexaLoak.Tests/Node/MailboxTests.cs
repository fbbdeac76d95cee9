using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

[Parallelizable(ParallelScope.All)]
internal sealed class MailboxTests
{
    private static readonly NodeInput Heartbeat = NodeInput.OfMessage(
        new Message { Type = MessageType.HeartbeatRequest, From = new NodeId(2), To = new NodeId(1), Term = 1 });

    [Test]
    public void Calls_and_peers_have_their_own_room_and_their_common_order()
    {
        var mailbox = new Mailbox(capacity: 2, maxCommandBytes: 100);
        Assert.That(Post(mailbox, 1) && Post(mailbox, 1), Is.True);
        Assert.That(Post(mailbox, 1), Is.False, "two calls wait");
        Assert.That(mailbox.TryPost(Heartbeat) && mailbox.TryPost(NodeInput.OfUnreachable(new NodeId(2))), Is.True);
        Assert.That(mailbox.TryPost(Heartbeat), Is.False, "two of peers wait");
        Assert.That((mailbox.Length, mailbox.Refused), Is.EqualTo((4, 2L)));

        NodeInput.InputKind[] kinds = [.. Drain(mailbox).Select(input => input.Kind)];
        Assert.That(kinds, Is.EqualTo(new[]
        {
            NodeInput.InputKind.Proposal, NodeInput.InputKind.Proposal, NodeInput.InputKind.Message, NodeInput.InputKind.Unreachable,
        }));
        Assert.That(mailbox.Length, Is.Zero);
        Assert.That(Post(mailbox, 1), Is.True, "there is room again");
    }

    [Test]
    public void Commands_are_bounded_in_bytes()
    {
        var mailbox = new Mailbox(capacity: 10, maxCommandBytes: 100);
        Assert.That(Post(mailbox, 100), Is.True);
        Assert.That(Post(mailbox, 1), Is.False);
        Assert.That(mailbox.CommandBytes, Is.EqualTo(100), "what was refused is not counted");
        Drain(mailbox);
        Assert.That(mailbox.CommandBytes, Is.Zero);
        Assert.That(Post(mailbox, 60), Is.True);
    }

    [Test]
    public void A_closed_mailbox_refuses_and_keeps_what_it_has()
    {
        var mailbox = new Mailbox(capacity: 2, maxCommandBytes: 100);
        Post(mailbox, 1);
        mailbox.Close();
        Assert.That(Post(mailbox, 1), Is.False);
        Assert.That(Drain(mailbox), Has.Count.EqualTo(1));
    }

    private static bool Post(Mailbox mailbox, int bytes) => mailbox.TryPost(NodeInput.OfProposal(new byte[bytes], null));

    private static List<NodeInput> Drain(Mailbox mailbox)
    {
        List<NodeInput> inputs = [];
        while (mailbox.TryTake(out NodeInput input))
        {
            inputs.Add(input);
        }

        return inputs;
    }
}
