using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Protos;
using NexaLoak.Tests.Fleet;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Node;

namespace NexaLoak.Tests.Reconciliation;

[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class ReconcilerTests
{
    private static readonly DnsException Lost = new(DnsFailure.Transient, "The connection was reset.");

    private static Command Crashed(int node) => FleetBuilder.Judge(node, NodeHealth.Crashed, ControlState.Unreachable);

    [Test]
    public async Task Healthy_nodes_are_assigned_and_each_intent_is_committed_before_its_effect()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        var unannounced = new List<string>();
        int barriers = 0;
        harness.Domain.OnWrite = () =>
        {
            bool announced = harness.Fleet.Operations.Values.Count(operation => operation.State == OperationState.Running) == 1;
            bool confirmed = raft.Barriers > barriers;
            barriers = raft.Barriers;
            if (!announced || !confirmed)
            {
                unannounced.Add($"announced: {announced}, confirmed: {confirmed}");
            }
        };

        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        await harness.UntilPublishedAsync(1, 2, 3);
        await harness.UntilSettledAsync();

        Assert.Multiple(() =>
        {
            Assert.That(unannounced, Is.Empty);
            Assert.That(harness.Fleet.Published.Keys, Is.EqualTo(harness.Domain.Addresses));
            Assert.That(harness.Fleet.Incidents.Count(incident => incident.Kind == IncidentKind.Assigned), Is.EqualTo(3));
            Assert.That(harness.Domain.Records.Select(record => record.Owner), Has.All.Property("Cluster").EqualTo("c1").And.All.Property("Term").EqualTo(1));
        });
    }

    [Test]
    public async Task A_crashed_follower_is_unassigned_by_exactly_one_delete()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(5);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(5);

        harness.Log.Send(Crashed(4));
        await harness.UntilPublishedAsync(1, 2, 3, 5);
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(70));

        Assert.Multiple(() =>
        {
            Assert.That(harness.Domain.Writes, Is.EqualTo((DomainWrite[])[new("unassign", "10.0.0.4", "r4", 1, true)]));
            Assert.That(harness.Fleet.Incidents[^1], Has.Property("Kind").EqualTo(IncidentKind.Unassigned).And.Property("Node").EqualTo("n4"));
            Assert.That(harness.Fleet.Published.Keys, Does.Not.Contain("10.0.0.4"));
        });
    }

    [Test]
    public async Task Five_become_four_and_then_three()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(5);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(5);

        harness.Log.Send(Crashed(4));
        await harness.UntilPublishedAsync(1, 2, 3, 5);
        harness.Log.Send(Crashed(5));
        await harness.UntilPublishedAsync(1, 2, 3);
        harness.Log.Send(FleetBuilder.Judge(5, NodeHealth.Healthy, ControlState.Reachable));
        await harness.UntilPublishedAsync(1, 2, 3, 5);
    }

    [Test]
    public async Task A_lost_response_leads_to_no_second_delete()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        harness.Domain.WriteFaults.Enqueue(new DomainFault(Lost, IsApplied: true));
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));

        await harness.UntilPublishedAsync(1, 2);
        await harness.UntilAsync(() => harness.Fleet.Operations.Values.Any(operation => operation.State == OperationState.Done), "the outcome is found out");
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(20));
        Assert.That(harness.Domain.Writes, Has.Count.EqualTo(1));
        IEnumerable<Command> commands = harness.Log.Entries.Select(entry => Command.Parser.ParseFrom(entry.Command));
        Assert.That(commands.Where(command => command.CompleteOperation?.Failed is not null), Is.Empty, "the domain is asked before anything is called failed");
    }

    [Test]
    public async Task A_lost_response_and_a_failed_listing_lead_to_no_second_delete()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        await harness.UntilAsync(() => harness.Domain.Lists > 0, "the domain is listed");
        harness.Domain.WriteFaults.Enqueue(new DomainFault(Lost, IsApplied: true));
        harness.Domain.OnWrite = () => harness.Domain.ListFaults.Enqueue(new DomainFault(Lost, IsApplied: false));
        harness.Log.Send(Crashed(3));

        await harness.UntilAsync(() => harness.Fleet.Domain.Error.Length > 0, "the error shows");
        await harness.UntilAsync(() => harness.Fleet.Operations.Values.Any(operation => operation.State == OperationState.Done), "the outcome is found out");
        await harness.UntilAsync(() => harness.Fleet.Domain.Error.Length == 0, "the error is gone");
        Assert.That(harness.Domain.Writes, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_write_that_hangs_is_given_up_and_tried_again()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        harness.Domain.WriteFaults.Enqueue(new DomainFault(null, IsApplied: false));
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));

        await harness.UntilPublishedAsync(1, 2);
        await harness.UntilSettledAsync();
        NexaLoak.Orchestrator.Fleet.Operation operation = harness.Fleet.Operations.Values.Single();
        Assert.Multiple(() =>
        {
            Assert.That(operation.State, Is.EqualTo(OperationState.Done));
            Assert.That(operation.Attempt, Is.EqualTo(2));
            Assert.That(harness.Domain.Writes, Has.Count.EqualTo(2));
        });
    }

    [TestCase(true, 1)]
    [TestCase(false, 2)]
    public async Task The_next_leader_settles_what_a_leader_left_in_mid_write(bool applied, int writes)
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft first = await harness.StartNodeAsync(1);
        FakeRaft second = await harness.StartNodeAsync(2);
        harness.Publish(3);
        harness.Domain.WriteFaults.Enqueue(new DomainFault(null, applied));
        first.Lead(1);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));
        await harness.UntilAsync(() => harness.Domain.Writes.Count == 1, "the first leader writes");

        first.Show(Role.Follower, 2);
        second.Lead(2);
        await harness.UntilPublishedAsync(1, 2);
        await harness.UntilSettledAsync();
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(10));

        NexaLoak.Orchestrator.Fleet.Operation operation = harness.Fleet.Operations.Values.Single();
        Assert.Multiple(() =>
        {
            Assert.That(harness.Domain.Writes.Select(write => write.Term), Is.EqualTo(((ulong[])[1, 2]).Take(writes)));
            Assert.That(harness.Domain.Writes.Count(write => write.IsApplied), Is.EqualTo(1));
            Assert.That(operation.State, Is.EqualTo(OperationState.Done));
            Assert.That(harness.Fleet.Incidents.Count(incident => incident.Kind == IncidentKind.Unassigned), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task An_operation_that_runs_at_a_restart_is_carried_out_under_the_same_id()
    {
        await using var harness = new ReconcilerHarness();
        harness.Publish(3);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));
        string id = harness.Log.Send(FleetBuilder.Unassign(3, "r3")).OperationId;

        FakeRaft raft = await harness.StartNodeAsync();
        raft.Lead(2);
        await harness.UntilPublishedAsync(1, 2);
        await harness.UntilSettledAsync();
        NexaLoak.Orchestrator.Fleet.Operation operation = harness.Fleet.Operations.Values.Single();
        Assert.Multiple(() =>
        {
            Assert.That(operation.Id, Is.EqualTo(id));
            Assert.That(operation.Term, Is.EqualTo(2));
            Assert.That(harness.Domain.Writes, Is.EqualTo((DomainWrite[])[new("unassign", "10.0.0.3", "r3", 2, true)]));
        });
    }

    [Test]
    public async Task An_operation_that_is_no_longer_wanted_is_abandoned()
    {
        await using var harness = new ReconcilerHarness();
        harness.Publish(3);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(FleetBuilder.Unassign(3, "r3"));

        FakeRaft raft = await harness.StartNodeAsync();
        raft.Lead(2);
        await harness.UntilSettledAsync();
        Assert.That(harness.Fleet.Operations.Values.Single().State, Is.EqualTo(OperationState.Abandoned));
        Assert.That(harness.Domain.Writes, Is.Empty);
    }

    [Test]
    public async Task Without_a_confirmed_leadership_nothing_is_written()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        await harness.UntilAsync(() => harness.Domain.Lists > 0, "the domain is listed");
        raft.OnCommitted = command =>
        {
            if (command.KindCase == Command.KindOneofCase.BeginOperation)
            {
                raft.OnBarrier = () => throw new NotLeaderException(NodeId.None);
            }
        };
        harness.Log.Send(Crashed(3));

        await harness.UntilAsync(() => !harness.Fleet.Operations.IsEmpty, "the intent is committed");
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(20));
        Assert.That(harness.Domain.Writes, Is.Empty);

        raft.OnCommitted = _ => { };
        raft.OnBarrier = () => { };
        await harness.UntilPublishedAsync(1, 2);
    }

    [Test]
    public async Task A_confirmation_that_took_too_long_is_asked_for_again()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        await harness.UntilAsync(() => harness.Domain.Lists > 0, "the domain is listed");
        int slow = 2;
        int atWrite = 0;
        int sinceIntent = 0;
        raft.OnCommitted = command => sinceIntent = command.KindCase == Command.KindOneofCase.BeginOperation ? raft.Barriers : sinceIntent;
        raft.OnBarrier = () =>
        {
            if (sinceIntent > 0 && slow-- > 0)
            {
                harness.Time.Advance(TimeSpan.FromSeconds(2));
            }
        };
        harness.Domain.OnWrite = () => atWrite = raft.Barriers;
        harness.Log.Send(Crashed(3));

        await harness.UntilPublishedAsync(1, 2);
        Assert.That(atWrite - sinceIntent, Is.EqualTo(3));
    }

    [Test]
    public async Task A_leader_that_was_suspended_writes_nothing_when_it_wakes_up()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft old = await harness.StartNodeAsync(1);
        FakeRaft next = await harness.StartNodeAsync(2);
        harness.Publish(5);
        old.Lead(1);
        harness.Log.AddHealthyNodes(5);
        await harness.UntilAsync(() => harness.Fleet.Domain.ListedUnixMs > 0, "the old leader is at work");

        next.Lead(2);
        harness.Log.Send(Crashed(4), proposer: 2, term: 2);
        await harness.UntilPublishedAsync(1, 2, 3, 5);
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(20));
        Assert.That(old.Status.Role, Is.EqualTo(Role.Leader), "it still takes itself for the leader");
        Assert.That(harness.Domain.Writes.Select(write => write.Term), Is.All.EqualTo(2));
    }

    [Test]
    public async Task Losing_leadership_ends_a_write_that_hangs()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        harness.Domain.WriteFaults.Enqueue(new DomainFault(null, IsApplied: false));
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));
        await harness.UntilAsync(() => harness.Domain.Writes.Count == 1, "the leader writes");

        raft.Show(Role.Follower, 1);
        harness.Log.Leader = null;
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(20));
        Assert.That(harness.Domain.Writes, Has.Count.EqualTo(1));
        Assert.That(harness.Fleet.Operations.Values.Single().State, Is.EqualTo(OperationState.Running));
    }

    [Test]
    public async Task A_rate_limit_is_waited_out()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        harness.Domain.WriteFaults.Enqueue(new DomainFault(
            new DnsException(DnsFailure.RateLimited, "Too many requests.", TimeSpan.FromSeconds(30)), IsApplied: false));
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));
        await harness.UntilAsync(() => harness.Domain.Writes.Count == 1, "the leader writes");
        long refused = harness.Time.GetTimestamp();
        int lists = harness.Domain.Lists;

        await harness.UntilAsync(() => harness.Domain.Writes.Count == 2, "the leader writes again");
        Assert.That(harness.Time.GetElapsedTime(refused), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(29)).And.LessThan(TimeSpan.FromSeconds(55)));
        Assert.That(harness.Domain.Lists - lists, Is.LessThanOrEqualTo(2), "the provider is left alone meanwhile");
    }

    [TestCase(DnsFailure.Unauthorized)]
    [TestCase(DnsFailure.NotFound)]
    public async Task What_only_an_operator_can_remedy_is_shown_and_tried_slowly(DnsFailure kind)
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        for (int i = 0; i < 3; i++)
        {
            harness.Domain.ListFaults.Enqueue(new DomainFault(new DnsException(kind, "The token may not see the zone."), IsApplied: false));
        }

        raft.Lead(1);
        harness.Log.AddHealthyNodes(1);
        await harness.UntilAsync(() => harness.Fleet.Domain.Error == "The token may not see the zone.", "the error shows on every node");
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(100));
        Assert.That(harness.Domain.Lists, Is.EqualTo(2));
        await harness.UntilPublishedAsync(1);
        await harness.UntilAsync(() => harness.Fleet.Domain.Error.Length == 0, "the error is gone");
    }

    [Test]
    public async Task A_full_zone_does_not_hold_up_a_removal()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        harness.Domain.WriteFaults.Enqueue(new DomainFault(new DnsException(DnsFailure.Quota, "The zone is full."), IsApplied: false));
        harness.Log.AddHealthyNodes(4);
        harness.Log.Send(Crashed(3));
        raft.Lead(1);

        await harness.UntilPublishedAsync(1, 2);
        await harness.UntilAsync(() => harness.Fleet.Domain.Error == "The zone is full.", "the error shows");
        await harness.UntilPublishedAsync(1, 2, 4);
        await harness.UntilAsync(() => harness.Fleet.Domain.Error.Length == 0, "the error is gone");
    }

    [Test]
    public async Task A_record_of_a_newer_term_stops_all_writes()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        DomainRecord newer = harness.Domain.Add("10.0.0.9", new RecordOwner(ReconcilerHarness.Cluster, "n9", 7));
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        harness.Log.Send(Crashed(3));

        await harness.UntilAsync(() => harness.Fleet.Domain.Frozen.Contains("term 7", StringComparison.Ordinal), "the reason shows");
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(20));
        Assert.That(harness.Domain.Writes, Is.Empty);

        harness.Domain.Remove(newer.Id);
        await harness.UntilPublishedAsync(1, 2);
    }

    [Test]
    public async Task A_record_that_somebody_deleted_is_added_again_after_the_next_listing()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        await harness.UntilAsync(() => harness.Fleet.Published.Count == 3, "the domain is listed");

        harness.Domain.Remove("r2");
        await harness.UntilPublishedAsync(1, 2, 3);
    }

    [Test]
    public async Task A_lost_answer_of_Raft_leads_to_one_delete_and_one_incident()
    {
        await using var harness = new ReconcilerHarness();
        FakeRaft raft = await harness.StartNodeAsync();
        harness.Publish(3);
        raft.Lead(1);
        harness.Log.AddHealthyNodes(3);
        await harness.UntilAsync(() => harness.Domain.Lists > 0, "the domain is listed");
        int lose = 2;
        raft.OnCommitted = command =>
        {
            if (command.KindCase is Command.KindOneofCase.BeginOperation or Command.KindOneofCase.CompleteOperation && lose-- > 0)
            {
                throw new OutcomeUnknownException("Leadership was lost.");
            }
        };
        harness.Log.Send(Crashed(3));

        await harness.UntilPublishedAsync(1, 2);
        await harness.UntilSettledAsync();
        await harness.Time.AdvanceSlowlyAsync(TimeSpan.FromSeconds(10));
        Assert.That(harness.Domain.Writes, Has.Count.EqualTo(1));
        Assert.That(harness.Fleet.Incidents.Count(incident => incident.Kind == IncidentKind.Unassigned), Is.EqualTo(1));
    }
}
