using System.Diagnostics.Metrics;
using System.Text.Json;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>
/// What one node measures, under the names of <see cref="RaftDiagnostics"/>. Counters are plain numbers that a listener comes to read, and a clock is read
/// only while somebody listens to the histogram.
/// </summary>
internal sealed class NodeMetrics : IDisposable
{
    private readonly Meter _meter = new(RaftDiagnostics.MeterName);
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly long[] _proposals = new long[Enum.GetValues<ProposalOutcome>().Length];
    private readonly long[] _reads = new long[Enum.GetValues<ReadConsistency>().Length];
    private readonly long[] _sent = new long[Enum.GetValues<MessageType>().Length];
    private readonly long[] _received = new long[Enum.GetValues<MessageType>().Length];
    private readonly KeyValuePair<string, object?>[][] _outcomeTags;
    private readonly KeyValuePair<string, object?>[][] _consistencyTags;
    private readonly Histogram<double> _proposalDuration;
    private readonly Histogram<double> _readDuration;
    private readonly Histogram<double> _applyDuration;
    private readonly Histogram<double> _writeDuration;
    private long _electionsStarted;
    private long _electionsWon;
    private long _leaderChanges;

    public NodeMetrics(NodeId id, string? clusterId, TimeProvider time)
    {
        _time = time;
        _tags = [new(RaftDiagnostics.NodeTag, id.ToString())];
        _tags = clusterId is null ? _tags : [.. _tags, new(RaftDiagnostics.ClusterTag, clusterId)];
        _outcomeTags = TagsOf<ProposalOutcome>(RaftDiagnostics.OutcomeTag);
        _consistencyTags = TagsOf<ReadConsistency>(RaftDiagnostics.ConsistencyTag);
        _proposalDuration = _meter.CreateHistogram<double>(RaftDiagnostics.ProposalDuration, "s", "Proposals, from the call to the outcome");
        _readDuration = _meter.CreateHistogram<double>(RaftDiagnostics.ReadDuration, "s", "Waits at read barriers");
        _applyDuration = _meter.CreateHistogram<double>(RaftDiagnostics.ApplyDuration, "s", "Batches of entries applied");
        _writeDuration = _meter.CreateHistogram<double>(RaftDiagnostics.WriteDuration, "s", "Storage writes until durable");
        CreateCounters();
    }

    /// <summary>The node's own tags.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => _tags;

    /// <summary>Reports the node's state, as far as <paramref name="status"/> shows it, to those who ask for it.</summary>
    public void Observe(Func<RaftStatus> status, Mailbox mailbox)
    {
        Gauge(RaftDiagnostics.Term, "{term}", "Term", () => (long)status().Term);
        Gauge(RaftDiagnostics.Role, "{role}", "Role, as a number", () => (long)status().Role);
        Gauge(RaftDiagnostics.LastIndex, "{entry}", "Last index of the log", () => (long)status().LastIndex);
        Gauge(RaftDiagnostics.CommitIndex, "{entry}", "Commit index", () => (long)status().CommitIndex);
        Gauge(RaftDiagnostics.AppliedIndex, "{entry}", "Applied index", () => (long)status().AppliedIndex);
        Gauge(RaftDiagnostics.MailboxLength, "{input}", "Inputs that wait for the node", () => mailbox.Length);
        Counter(RaftDiagnostics.MailboxRefusals, "{input}", "Inputs that found no room", () => mailbox.Refused);
        _meter.CreateObservableGauge(RaftDiagnostics.ReplicationLag, () => Lags(status()), "{entry}", "Entries that a member is not known to have");
    }

    /// <summary>Now, when a proposal's duration is measured at all; else 0.</summary>
    public long ProposalStart() => _proposalDuration.Enabled ? _time.GetTimestamp() : 0;

    /// <summary>Now, when a read's duration is measured at all; else 0.</summary>
    public long ReadStart() => _readDuration.Enabled ? _time.GetTimestamp() : 0;

    /// <summary>Now, when a batch's duration is measured at all; else 0.</summary>
    public long ApplyStart() => _applyDuration.Enabled ? _time.GetTimestamp() : 0;

    /// <summary>Now, when a write's duration is measured at all; else 0.</summary>
    public long WriteStart() => _writeDuration.Enabled ? _time.GetTimestamp() : 0;

    public void OnProposalEnded(ProposalOutcome outcome, long startedAt)
    {
        Interlocked.Increment(ref _proposals[(int)outcome]);
        Record(_proposalDuration, startedAt, _outcomeTags[(int)outcome]);
    }

    public void OnReadServed(ReadConsistency consistency, long startedAt)
    {
        Interlocked.Increment(ref _reads[(int)consistency]);
        Record(_readDuration, startedAt, _consistencyTags[(int)consistency]);
    }

    public void OnBatchApplied(long startedAt) => Record(_applyDuration, startedAt, _tags);

    public void OnWriteDurable(long startedAt) => Record(_writeDuration, startedAt, _tags);

    /// <summary>Used by the node's loop only, as are the following.</summary>
    public void OnSent(MessageType type) => _sent[(int)type]++;

    public void OnReceived(MessageType type)
    {
        if ((int)type < _received.Length)
        {
            _received[(int)type]++;
        }
    }

    public void OnElectionStarted() => _electionsStarted++;

    public void OnElectionWon() => _electionsWon++;

    public void OnLeaderChanged(bool known) => _leaderChanges += known ? 1 : 0;

    public void Dispose() => _meter.Dispose();

    private void CreateCounters()
    {
        Counter(RaftDiagnostics.ElectionsStarted, "{election}", "Terms in which the node asked for votes", () => Volatile.Read(ref _electionsStarted));
        Counter(RaftDiagnostics.ElectionsWon, "{election}", "Elections that the node won", () => Volatile.Read(ref _electionsWon));
        Counter(RaftDiagnostics.LeaderChanges, "{change}", "Leaders that the node learned of", () => Volatile.Read(ref _leaderChanges));
        Counters(RaftDiagnostics.Proposals, "{proposal}", "Proposals that ended", _proposals, _outcomeTags);
        Counters(RaftDiagnostics.Reads, "{read}", "Read barriers that were passed", _reads, _consistencyTags);
        KeyValuePair<string, object?>[][] types = TagsOf<MessageType>(RaftDiagnostics.MessageTypeTag);
        Counters(RaftDiagnostics.MessagesSent, "{message}", "Messages given to the transport", _sent, types);
        Counters(RaftDiagnostics.MessagesReceived, "{message}", "Messages that arrived", _received, types);
    }

    private void Gauge(string name, string unit, string description, Func<long> value)
        => _meter.CreateObservableGauge(name, () => new Measurement<long>(value(), _tags), unit, description);

    private void Counter(string name, string unit, string description, Func<long> value)
        => _meter.CreateObservableCounter(name, () => new Measurement<long>(value(), _tags), unit, description);

    /// <summary>One counter with a number for each value of a tag; those that never counted are left out.</summary>
    private void Counters(string name, string unit, string description, long[] values, KeyValuePair<string, object?>[][] tags)
        => _meter.CreateObservableCounter(
            name,
            () => Enumerable.Range(0, values.Length)
                .Where(i => Volatile.Read(ref values[i]) > 0)
                .Select(i => new Measurement<long>(Volatile.Read(ref values[i]), tags[i])),
            unit,
            description);

    private IEnumerable<Measurement<long>> Lags(RaftStatus status)
        => status.Peers.Select(peer => new Measurement<long>(
            (long)(status.LastIndex - Math.Min(peer.Match, status.LastIndex)), [.. _tags, new(RaftDiagnostics.PeerTag, peer.Id.ToString())]));

    private void Record(Histogram<double> histogram, long startedAt, KeyValuePair<string, object?>[] tags)
    {
        if (startedAt != 0)
        {
            histogram.Record(_time.GetElapsedTime(startedAt).TotalSeconds, tags);
        }
    }

    private KeyValuePair<string, object?>[][] TagsOf<TEnum>(string name)
        where TEnum : struct, Enum
        => [.. Enum.GetValues<TEnum>().Select(value => (KeyValuePair<string, object?>[])
            [.. _tags, new(name, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()))])];
}
