using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Replication;

namespace Raft.Core.Consensus;

// Changes of the configuration by joint consensus: Raft paper, section 6; thesis, chapter 4.
public sealed partial class RaftCore
{
    private const int DepartureElections = 4;

    private readonly ConfigurationHistory _configurations;
    private readonly SortedDictionary<NodeId, Departure> _departing = [];
    private bool _toldRemoved;

    /// <summary>The configuration in force: the newest one in the log, committed or not.</summary>
    public ClusterConfiguration Configuration => _configurations.Current;

    /// <summary>Index of the entry that brought <see cref="Configuration"/>; 0 when no entry did.</summary>
    public ulong ConfigurationIndex => _configurations.CurrentIndex;

    /// <summary>True when <see cref="Configuration"/> is known to be committed, so that it can't fall back.</summary>
    public bool IsConfigurationCommitted => _configurations.IsCommitted;

    /// <summary>
    /// Founds a cluster: the configuration becomes entry 1 of term 1, committed at once. Every founding node calls this with the same configuration, and so has
    /// the same entry; whoever joins later does not.
    /// </summary>
    /// <param name="configuration">The founding members, this node among them.</param>
    /// <exception cref="ArgumentException">The configuration is joint, lacks this node, or has no voter that stores commands.</exception>
    /// <exception cref="InvalidOperationException">The node has a past, or knows a configuration already.</exception>
    public void Bootstrap(ClusterConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.IsJoint || !configuration.Contains(Id) || !configuration.HasFullVoters)
        {
            throw new ArgumentException($"Node {Id} can't found a cluster with the configuration {configuration}.", nameof(configuration));
        }

        if (Term != 0 || _log.LastIndex != 0 || !Configuration.IsEmpty)
        {
            throw new InvalidOperationException($"Node {Id} belongs to a cluster already: it is in term {Term} and its log ends at {_log.LastIndex}.");
        }

        EnterTerm(1);
        WriteConfiguration(configuration);
        CommitTo(_log.LastIndex);
        _trace?.OnEvent(this, RaftTraceEvent.ApplyConfChange);
    }

    /// <summary>
    /// Begins a change of the configuration. It is in force at once. A joint configuration that this brings about is left by the leader, this one or a later one,
    /// as soon as it is committed. A leader that is no voter any more leads until the change is committed, then tells another voter to campaign.
    /// </summary>
    /// <param name="change">What shall be different.</param>
    /// <param name="expectedIndex">Refuse unless <see cref="ConfigurationIndex"/> is this: nobody has changed the configuration that the caller saw.</param>
    /// <param name="id">Place of the change's first entry, when the result is <see cref="ConfigurationStatus.Appended"/>.</param>
    public ConfigurationStatus ProposeConfiguration(ConfigurationChange change, ulong? expectedIndex, out LogId id)
    {
        ArgumentNullException.ThrowIfNull(change);
        id = default;
        ConfigurationStatus status = CheckConfigurationGate(expectedIndex);
        if (status != ConfigurationStatus.Appended)
        {
            return status;
        }

        if (ConfigurationChanger.Apply(Configuration, change, out ClusterConfiguration next) is not null)
        {
            return ConfigurationStatus.Refused;
        }

        if (change.Operations.Any(LearnerLags))
        {
            return ConfigurationStatus.LearnerLags;
        }

        id = AppendConfiguration(next);
        return ConfigurationStatus.Appended;
    }

    /// <summary>One change at a time, each from a leader that stays and knows what is committed.</summary>
    private ConfigurationStatus CheckConfigurationGate(ulong? expectedIndex)
        => Role != Role.Leader ? ConfigurationStatus.NotLeader
            : !TransferTarget.IsNone ? ConfigurationStatus.LeadershipTransfer
            : !_rules.MayChangeConfiguration(_log.CommitIndex, _termStart) ? ConfigurationStatus.NoCommitInTerm
            : Configuration.IsJoint || !IsConfigurationCommitted ? ConfigurationStatus.ChangeInFlight
            : expectedIndex is { } expected && expected != ConfigurationIndex ? ConfigurationStatus.IndexMismatch
            : ConfigurationStatus.Appended;

    /// <summary>A learner far behind would cost the cluster the votes of its quorum until it has caught up.</summary>
    private bool LearnerLags(ConfigurationOperation operation)
        => operation.Kind == ConfigurationOperationKind.AddVoter
            && Configuration.Contains(operation.Id) && !Configuration.IsVoter(operation.Id)
            && !(_progress.TryGetValue(operation.Id, out Progress? progress)
                && progress.State == ProgressState.Replicate && _log.LastIndex - progress.Match <= _options.PromotionLag);

    private LogId AppendConfiguration(ClusterConfiguration configuration)
    {
        LogId id = WriteConfiguration(configuration);
        TraceAppend(RaftTraceEvent.ChangeConf);
        _trace?.OnEvent(this, RaftTraceEvent.ApplyConfChange);
        FollowMembers();
        _heartbeatDue |= _reads.Count > 0;
        AdvanceCommit();
        ReleaseReads();
        return id;
    }

    private LogId WriteConfiguration(ClusterConfiguration configuration)
    {
        var entry = new Entry(Term, _log.LastIndex + 1, EntryType.Configuration, ConfigurationCodec.Encode(configuration));
        _log.Append(entry);
        _configurations.Append(entry.Index, configuration);
        return entry.Id;
    }

    /// <summary>A leader's entries were appended here, in place of whatever was at their indexes.</summary>
    private void FollowConfigurations(ReadOnlySpan<Entry> added)
    {
        if (added.IsEmpty)
        {
            return;
        }

        ClusterConfiguration before = Configuration;
        _rules.UndoConfigurations(_configurations, added[0].Index);
        foreach (ref readonly Entry entry in added)
        {
            if (entry.Type == EntryType.Configuration)
            {
                _configurations.Append(entry.Index, ConfigurationCodec.Decode(entry.Payload.Span));
            }
        }

        if (!ReferenceEquals(before, Configuration))
        {
            _trace?.OnEvent(this, RaftTraceEvent.ApplyConfChange);
        }
    }

    private void CommitTo(ulong index)
    {
        if (_log.CommitTo(index))
        {
            _configurations.CommitTo(index);
        }
    }

    /// <summary>Called when an entry of the own term has been committed.</summary>
    private void LeaveJoint()
    {
        if (Configuration.IsJoint && IsConfigurationCommitted)
        {
            AppendConfiguration(ConfigurationChanger.Leave(Configuration));
        }
    }

    /// <summary>
    /// A leader that the committed configuration has no vote for is of no more use. By now a voter that may lead holds everything that is committed.
    /// </summary>
    private void StepDownIfRemoved()
    {
        if (Role != Role.Leader || Configuration.IsVoter(Id) || !IsConfigurationCommitted)
        {
            return;
        }

        NodeId successor = MostUpToDateVoter();
        if (!_transferAsked && _progress.TryGetValue(successor, out Progress? progress))
        {
            SendTimeoutNow(successor, progress.Match);
        }

        BecomeFollower(Term, NodeId.None);
    }

    /// <summary>A node that the newest configurations have no full vote for can't lead, unless only such a node has the newest entries (thesis, section 4.2.2).</summary>
    private bool MayCampaign => !IsWithdrawn && !_toldRemoved && _configurations.MayStillBeFullVoter(Id);

    /// <summary>True for a voter that stays and may lead.</summary>
    private bool IsEligible(NodeId id) => Configuration.IsIncomingVoter(id) && !Configuration.IsWitness(id);

    /// <summary>
    /// Highest index that a full voter of each half holds durably. A witness helps to commit what it does not store, so nothing beyond is committed. Nor is
    /// it sent to a witness: one with a longer log than anybody who may lead would refuse its vote to all of them.
    /// </summary>
    private ulong HeldByFullVoters() => Math.Min(HighestFullMatch(Configuration.VoterSpan), HighestFullMatch(Configuration.OutgoingSpan));

    private ulong LastFor(Progress progress) => progress.IsWitness ? Math.Min(_log.LastIndex, HeldByFullVoters()) : _log.LastIndex;

    private ulong HighestFullMatch(ReadOnlySpan<NodeId> half)
    {
        ulong highest = half.IsEmpty ? ulong.MaxValue : 0;
        foreach (NodeId voter in half)
        {
            highest = Configuration.IsWitness(voter) ? highest : Math.Max(highest, MatchOf(voter));
        }

        return highest;
    }

    /// <summary>What a witness gets in place of entries: all but the commands.</summary>
    private static Entry[] Withhold(ReadOnlySpan<Entry> entries, out long bytes)
    {
        Entry[] withheld = entries.ToArray();
        bytes = 0;
        foreach (ref Entry entry in withheld.AsSpan())
        {
            entry = entry.Type == EntryType.Command ? new Entry(entry.Term, entry.Index, EntryType.Withheld, default) : entry;
            bytes += entry.Size;
        }

        return withheld;
    }

    /// <summary>Members of a configuration that may still fall back are fed too: a node on its way out shall learn that it is.</summary>
    private void StartMembers()
    {
        FollowMembers();
        foreach (NodeId member in _configurations.Committed.MemberSpan)
        {
            if (member != Id && !_progress.ContainsKey(member))
            {
                AddProgress(member);
                _departing.Add(member, new Departure(ConfigurationIndex, 0));
            }
        }
    }

    private void FollowMembers()
    {
        foreach (NodeId member in Configuration.MemberSpan)
        {
            if (member != Id && (!_progress.ContainsKey(member) || _departing.Remove(member)))
            {
                AddProgress(member);
            }
        }

        foreach (NodeId peer in _progress.Keys)
        {
            if (!Configuration.Contains(peer))
            {
                _departing.TryAdd(peer, new Departure(ConfigurationIndex, 0));
            }
        }
    }

    private void AddProgress(NodeId member)
    {
        var inflights = new Inflights(_options.MaxInflightMessages, _options.MaxInflightBytes);
        _progress[member] = new Progress(_log.LastIndex + 1, inflights)
        {
            RecentlyActive = true,
            IsWitness = Configuration.IsWitness(member) || _configurations.Committed.IsWitness(member),
        };
    }

    private void TickDepartures()
    {
        foreach (NodeId peer in _departing.Keys.ToArray())
        {
            Departure departure = _departing[peer];
            _departing[peer] = departure with { Ticks = departure.Ticks + (departure.RemovedBy <= _log.CommitIndex ? 1 : 0) };
        }
    }

    /// <summary>
    /// Lets go of nodes that have acknowledged the entry that removed them and were told that it is committed, or had the time to. Whoever missed it
    /// learns it when it asks for votes.
    /// </summary>
    private void ReleaseDeparted()
    {
        if (_departing.Count == 0)
        {
            return;
        }

        foreach ((NodeId peer, Departure departure) in _departing.ToArray())
        {
            Progress progress = _progress[peer];
            bool isTold = Math.Min(progress.Match, progress.SentCommit) >= departure.RemovedBy;
            if (isTold || departure.Ticks >= DepartureElections * _options.ElectionTicks)
            {
                _departing.Remove(peer);
                _progress.Remove(peer);
            }
        }
    }

    /// <summary>Index of the committed configuration if it has no place for a node, else 0.</summary>
    private ulong RemovalKnownOf(NodeId node) => _configurations.Committed.Contains(node) ? 0 : _configurations.CommittedIndex;

    /// <summary>A node that was removed without hearing of it is told, also by those who take no part in elections because they have a leader.</summary>
    private void TellIfRemoved(in Message request)
    {
        if (RemovalKnownOf(request.From) > 0)
        {
            AnswerVote(request, granted: false);
        }
    }

    /// <summary>
    /// A refused vote tells that a committed configuration has no place for this node. What is committed is so in every term. If this node knows nothing newer, it
    /// keeps quiet until a leader calls.
    /// </summary>
    private void HearOfRemoval(in Message message)
    {
        bool isNotice = message is { Type: MessageType.PreVoteResponse or MessageType.VoteResponse, Reject: true, LogIndex: > 0 };
        if (!isNotice || message.LogIndex < ConfigurationIndex || Role == Role.Leader)
        {
            return;
        }

        _toldRemoved = true;
        if (Role != Role.Follower)
        {
            BecomeFollower(Term, NodeId.None);
        }
    }

    /// <param name="RemovedBy">Index of the configuration that has no place for the node.</param>
    /// <param name="Ticks">Ticks since that configuration was committed.</param>
    private readonly record struct Departure(ulong RemovedBy, int Ticks);
}
