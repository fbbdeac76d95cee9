using System.Text;
using Google.Protobuf;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using NUnit.Framework;
using Raft.Core.Log;

namespace NexaLoak.Tests.Fleet;

[TestFixture]
internal sealed class FleetStateTests
{
    [TestCase("", "10.0.0.9", 443u, "name")]
    [TestCase("N1", "10.0.0.9", 443u, "name")]
    [TestCase("a:b", "10.0.0.9", 443u, "name")]
    [TestCase("n9", "10.0.0", 443u, "IPv4")]
    [TestCase("n9", "10.0.0.09", 443u, "IPv4")]
    [TestCase("n9", "10.0.0.256", 443u, "IPv4")]
    [TestCase("n9", "0.0.0.0", 443u, "IPv4")]
    [TestCase("n9", "224.0.0.1", 443u, "IPv4")]
    [TestCase("n9", "2001:db8::1", 443u, "IPv4")]
    [TestCase("n9", "10.0.0.9", 0u, "port")]
    [TestCase("n9", "10.0.0.9", 65_536u, "port")]
    [TestCase("n1", "10.0.0.9", 443u, "The name n1 belongs to the node with Raft id 1.")]
    [TestCase("n9", "10.0.0.1", 443u, "The address 10.0.0.1 belongs to node n1.")]
    public void A_registration_that_can_not_be_right_is_refused_with_a_reason(string name, string address, uint port, string reason)
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        CommandReply reply = state.Send(
            new Command { RegisterNode = new RegisterNode { Name = name, Address = address, ServicePort = port, ApiAddress = "x:1" } }, proposer: 9);
        Assert.That(reply.Accepted, Is.False);
        Assert.That(reply.Reason, Does.Contain(reason));
    }

    [Test]
    public void A_node_that_moves_loses_its_verdict_and_what_others_saw_of_it()
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        state.Send(FleetBuilder.Judge(1, NodeHealth.Healthy, ControlState.Reachable));
        state.Send(FleetBuilder.See(1, ServiceState.Up), 1);
        Command moved = FleetBuilder.Register(1);
        moved.RegisterNode.Address = "10.0.0.50";
        state.Send(moved, 1);
        Assert.That(state.View.Fleet.Nodes["n1"], Has.Property("Address").EqualTo("10.0.0.50").And.Property("Health").EqualTo(NodeHealth.Unknown));
        Assert.That(state.View.Fleet.Reports, Is.Empty);
        Assert.That(state.View.Fleet.Incidents, Has.Count.EqualTo(2), "no second registration");
    }

    [Test]
    public void What_a_leader_says_counts_only_in_its_own_term()
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        CommandReply reply = state.Send(FleetBuilder.Judge(1, NodeHealth.Crashed, ControlState.Unreachable), term: 1, committedIn: 2);
        Assert.That(reply.Reason, Is.EqualTo("The command was made in term 1 and committed in term 2."));
        Assert.That(state.Send(FleetBuilder.Assign(1), term: 1, committedIn: 2).Accepted, Is.False);
        Assert.That(state.Send(FleetBuilder.See(1, ServiceState.Up), term: 1, committedIn: 2).Accepted, Is.True);
    }

    [Test]
    public void Reports_of_a_node_that_is_not_heard_any_more_are_dropped()
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        state.Send(FleetBuilder.Register(2), 2);
        state.Send(FleetBuilder.See(1, ServiceState.Up), 1);
        state.Send(FleetBuilder.See(1, ServiceState.Up), 2);
        state.Send(FleetBuilder.Judge(2, NodeHealth.Unknown, ControlState.Unreachable));
        Assert.That(state.View.Fleet.Reports.Keys, Is.EqualTo([new ReportKey("n1", "n1")]));
    }

    [Test]
    public void An_operation_keeps_its_id_over_attempts_and_gets_a_new_one_next_time()
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        string id = state.Send(FleetBuilder.Assign(1)).OperationId;
        Assert.That(state.Send(FleetBuilder.Failed(id, "No answer.", 5)).Accepted, Is.True);
        Assert.That(state.Send(FleetBuilder.Assign(1), term: 2).OperationId, Is.EqualTo(id));
        Assert.That(
            state.View.Fleet.Operations.Values.Single(),
            Has.Property("Attempt").EqualTo(2).And.Property("Term").EqualTo(2).And.Property("State").EqualTo(OperationState.Running));

        Assert.That(state.Send(FleetBuilder.Done(id), term: 2).Accepted, Is.True);
        Assert.That(state.Send(FleetBuilder.Done(id), term: 2).Reason, Is.EqualTo($"Operation {id} is finished: Done."));
        Assert.That(state.View.Fleet.Published["10.0.0.1"], Is.EqualTo(new PublishedAddress("n1", 2)));
        Assert.That(state.Send(FleetBuilder.Assign(1), term: 2).OperationId, Is.Not.EqualTo(id));
    }

    [Test]
    public void Deleting_a_duplicate_keeps_the_address_published()
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        state.Send(FleetBuilder.Done(state.Send(FleetBuilder.Assign(1)).OperationId));
        state.Send(FleetBuilder.Done(state.Send(FleetBuilder.Unassign(1, "r2", UnassignReason.Duplicate)).OperationId));
        Assert.That(state.View.Fleet.Published.Keys, Is.EqualTo(["10.0.0.1"]));
        state.Send(FleetBuilder.Done(state.Send(FleetBuilder.Unassign(1, "r1")).OperationId));
        Assert.That(state.View.Fleet.Published, Is.Empty);
        Assert.That(state.View.Fleet.Incidents.Select(incident => incident.Kind), Is.EqualTo([IncidentKind.Registered, IncidentKind.Assigned, IncidentKind.Unassigned]));
    }

    [Test]
    public void Incidents_and_finished_operations_are_bounded_and_keep_counting()
    {
        var state = new FleetState();
        state.Send(FleetBuilder.Register(1), 1);
        for (int i = 0; i < 300; i++)
        {
            state.Send(FleetBuilder.Done(state.Send(FleetBuilder.Assign(1)).OperationId));
        }

        FleetData fleet = state.View.Fleet;
        Assert.Multiple(() =>
        {
            Assert.That(fleet.Incidents, Has.Count.EqualTo(256));
            Assert.That(fleet.Incidents[^1].Number, Is.EqualTo(301));
            Assert.That(fleet.Operations, Has.Count.EqualTo(256));
            Assert.That(fleet.Operations.Keys.Last(), Is.EqualTo(300));
        });
    }

    [Test]
    public void A_command_of_a_later_version_is_answered()
    {
        // Field 999, a message: a kind that does not exist yet.
        byte[] unknown = [.. new Command { TimeUnixMs = 1 }.ToByteArray(), 0xba, 0x3e, 0x00];
        var state = new FleetState();
        CommandReply reply = CommandReply.Parser.ParseFrom(state.Apply(new Entry(1, 1, EntryType.Command, unknown)).Span);
        Assert.That(reply.Reason, Is.EqualTo("This version does not know the kind of command."));
        Assert.That(state.View.Fleet, Is.SameAs(FleetData.Empty));
    }

    [Test]
    public void Text_that_is_not_UTF8_is_answered()
    {
        byte[] bytes = FleetBuilder.Register(1).ToByteArray();
        int name = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("n1"));
        bytes[name] = 0xff;
        var state = new FleetState();
        CommandReply reply = CommandReply.Parser.ParseFrom(state.Apply(new Entry(1, 1, EntryType.Command, bytes)).Span);
        Assert.That(reply.Accepted, Is.False);
    }

    [Test]
    public void The_hash_depends_on_state_and_index()
    {
        var one = new FleetState();
        var other = new FleetState();
        one.Send(FleetBuilder.Register(1), 1);
        string first = one.View.StateHash;
        other.Send(FleetBuilder.Register(2), 2);
        Assert.That(other.View.StateHash, Is.Not.EqualTo(first));
        one.Send(new Command());
        Assert.That(one.View.StateHash, Is.Not.EqualTo(first), "the index moved on");
        Assert.That(first, Has.Length.EqualTo(64));
    }

    [Test]
    public void The_bytes_behind_the_hash_have_not_changed()
    {
        var log = new FakeLog();
        log.AddHealthyNodes(2);
        log.Send(FleetBuilder.Done(log.Send(FleetBuilder.Assign(1)).OperationId));
        log.Send(FleetBuilder.Failed(log.Send(FleetBuilder.Unassign(2, "r2")).OperationId, "No answer.", 7));
        Assert.That(log.State.View.StateHash, Is.EqualTo("6c3f043d34a4ac26e42a9ac6f00e4086b807c6dd8deb4345aee9886a490cd98a"), "nodes of different versions would disagree");
    }

    [Test]
    public async Task Waiting_for_a_change_ends_with_the_next_command()
    {
        var state = new FleetState();
        Task<FleetView> change = state.WaitForChangeAsync(0, CancellationToken.None);
        Assert.That(change.IsCompleted, Is.False);
        state.Send(FleetBuilder.Register(1), 1);
        Assert.That((await change.WaitAsync(TimeSpan.FromSeconds(30))).AppliedIndex, Is.EqualTo(1));
        Assert.That((await state.WaitForChangeAsync(0, CancellationToken.None)).AppliedIndex, Is.EqualTo(1));

        using var cancelled = new CancellationTokenSource();
        Task<FleetView> next = state.WaitForChangeAsync(1, cancelled.Token);
        await cancelled.CancelAsync();
        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_nodes_condition_is_summed_up_in_one_word()
    {
        var log = new FakeLog();
        log.AddHealthyNodes(4);
        log.Send(FleetBuilder.Register(5), 5);
        log.Send(FleetBuilder.Judge(2, NodeHealth.Healthy, ControlState.Unreachable));
        log.Send(FleetBuilder.Judge(3, NodeHealth.Crashed, ControlState.Unreachable));
        log.Send(FleetBuilder.See(4, ServiceState.Down), 1);
        FleetData fleet = log.State.View.Fleet;
        NodeCondition[] expected = [NodeCondition.Healthy, NodeCondition.ControlUnreachable, NodeCondition.Crashed, NodeCondition.ServiceDown, NodeCondition.Unknown];
        Assert.That(fleet.Nodes.Values.Select(node => NodeConditions.Of(fleet, node)), Is.EqualTo(expected));
    }
}
