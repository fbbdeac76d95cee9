using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using NUnit.Framework;
using Raft.Core.Node;

namespace NexaLoak.Tests.Node;

/// <summary>What listeners to the meter and the activity source see of nodes.</summary>
[NonParallelizable]
internal sealed class MetricsTests
{
    [Test]
    public async Task A_leader_reports_what_it_does()
    {
        string name = nameof(A_leader_reports_what_it_does);
        var seen = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using MeterListener listener = Listen(name, seen);
        await using var cluster = new NodeCluster(3, configure: options => options with { ClusterId = name });
        await cluster.ProposeAsync("x");
        RaftNode leader = await cluster.LeaderAsync();
        await leader.ReadBarrierAsync(ReadConsistency.Linearizable).AsTask().WaitAsync(Eventually.Limit);
        await Eventually.Holds(() => leader.Status.Peers.All(peer => peer.Match == leader.Status.LastIndex), "all have all");
        listener.RecordObservableInstruments();

        double Of(string instrument, string? tag = null, string? value = null) => seen.Last(measurement => measurement.Name == instrument
            && measurement.Tags[RaftDiagnostics.NodeTag] as string == leader.Id.ToString()
            && (tag is null || measurement.Tags[tag] as string == value)).Value;
        Assert.Multiple(() =>
        {
            Assert.That(Of(RaftDiagnostics.Term), Is.EqualTo(leader.Status.Term));
            Assert.That(Of(RaftDiagnostics.Role), Is.EqualTo((double)leader.Status.Role));
            Assert.That(Of(RaftDiagnostics.LastIndex), Is.EqualTo(3));
            Assert.That(Of(RaftDiagnostics.CommitIndex), Is.EqualTo(3));
            Assert.That(Of(RaftDiagnostics.AppliedIndex), Is.EqualTo(3));
            Assert.That(Of(RaftDiagnostics.ReplicationLag), Is.Zero);
            Assert.That(Of(RaftDiagnostics.ElectionsStarted), Is.EqualTo(1));
            Assert.That(Of(RaftDiagnostics.ElectionsWon), Is.EqualTo(1));
            Assert.That(Of(RaftDiagnostics.LeaderChanges), Is.EqualTo(1));
            Assert.That(Of(RaftDiagnostics.MailboxLength), Is.GreaterThanOrEqualTo(0));
            Assert.That(Of(RaftDiagnostics.MailboxRefusals), Is.Zero);
            Assert.That(Of(RaftDiagnostics.Proposals, RaftDiagnostics.OutcomeTag, "committed"), Is.EqualTo(1));
            Assert.That(Of(RaftDiagnostics.ProposalDuration, RaftDiagnostics.OutcomeTag, "committed"), Is.Positive);
            Assert.That(Of(RaftDiagnostics.Reads, RaftDiagnostics.ConsistencyTag, "linearizable"), Is.EqualTo(1));
            Assert.That(Of(RaftDiagnostics.ReadDuration, RaftDiagnostics.ConsistencyTag, "linearizable"), Is.Positive);
            Assert.That(Of(RaftDiagnostics.ApplyDuration), Is.Positive);
            Assert.That(Of(RaftDiagnostics.WriteDuration), Is.Positive);
            Assert.That(Of(RaftDiagnostics.MessagesSent, RaftDiagnostics.MessageTypeTag, "append_request"), Is.Positive);
            Assert.That(Of(RaftDiagnostics.MessagesReceived, RaftDiagnostics.MessageTypeTag, "append_response"), Is.Positive);
        });
    }

    [Test]
    public async Task Proposals_are_counted_by_their_outcome()
    {
        string name = nameof(Proposals_are_counted_by_their_outcome);
        var seen = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using MeterListener listener = Listen(name, seen);
        await using var cluster = new NodeCluster(1, configure: options => options with { ClusterId = name, MaxWriteStallTicks = int.MaxValue });
        RaftNode node = await cluster.LeaderAsync();
        await Assert.CatchAsync(() => node.ProposeAsync(new byte[(1 << 20) + 1]).AsTask());
        cluster.Storages[node.Id].Hang();
        using var cancellation = new CancellationTokenSource();
        Task cancelled = node.ProposeAsync(NodeCluster.Command("x"), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => cancelled);
        cluster.Storages[node.Id].Release();
        await cluster.ProposeAsync("y");
        listener.RecordObservableInstruments();

        Assert.That(
            seen.Where(measurement => measurement.Name == RaftDiagnostics.Proposals)
                .Select(measurement => (measurement.Tags[RaftDiagnostics.OutcomeTag], measurement.Value)),
            Is.EquivalentTo(new (object?, double)[] { ("committed", 1), ("dropped", 1), ("cancelled", 1) }));
    }

    [Test]
    public async Task Proposals_and_read_barriers_have_spans_with_their_outcome()
    {
        string name = nameof(Proposals_and_read_barriers_have_spans_with_their_outcome);
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RaftDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var cluster = new NodeCluster(1, configure: options => options with { ClusterId = name });
        RaftNode node = await cluster.LeaderAsync();
        ProposalResult result = await node.ProposeAsync(NodeCluster.Command("x"));
        await node.ReadBarrierAsync(ReadConsistency.Linearizable);
        await Assert.CatchAsync(() => node.ProposeAsync(new byte[(1 << 20) + 1]).AsTask());

        Activity[] own = [.. spans.Where(span => (string?)span.GetTagItem(RaftDiagnostics.ClusterTag) == name)];
        Assert.That(own.Select(span => (span.OperationName, span.Status)), Is.EqualTo(new[]
        {
            ("raft.propose", ActivityStatusCode.Unset), ("raft.read_barrier", ActivityStatusCode.Unset), ("raft.propose", ActivityStatusCode.Error),
        }));
        Assert.That(own[0].GetTagItem("raft.log.index"), Is.EqualTo((long)result.Index));
        Assert.That(own[2].GetTagItem("error.type"), Is.EqualTo(typeof(ProposalDroppedException).FullName));
    }

    private static MeterListener Listen(string cluster, ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> into)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == RaftDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = new Dictionary<string, object?>(tags.ToArray());
            if (named.GetValueOrDefault(RaftDiagnostics.ClusterTag) as string == cluster)
            {
                into.Enqueue((instrument.Name, value, named));
            }
        }
    }
}
