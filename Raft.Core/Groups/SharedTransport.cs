using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;

namespace Raft.Core.Groups;

/// <summary>
/// Lets the nodes of several Raft groups in one process share one transport, the carrier: <see cref="CreateTransport"/> makes a transport for each group. All
/// their messages to a peer then travel over the carrier's one connection to it, marked with <see cref="Message.Group"/>. A process is the same
/// <see cref="NodeId"/> in all its groups; the members of the groups need not be the same.
/// </summary>
/// <remarks>
/// Heartbeats wait for <see cref="Linger"/>, so that those of all groups to a peer are handed to the carrier in one run, and cost about as much as those of one.
/// All other messages go at once, and so do the heartbeats that a waiting read has sent. A group that can't keep up loses messages of its own, and delays
/// nobody else's. Thread-safe.
/// </remarks>
public sealed partial class SharedTransport : IAsyncDisposable
{
    // Beyond, those that wait go at once: the timer is late.
    private const int MaxHeld = 16_384;

    private const int MaxReportedGroups = 64;

    private readonly IRaftTransport _carrier;
    private readonly ILogger _logger;
    private readonly ITimer _flush;
    private readonly ConcurrentDictionary<GroupId, ITransportListener> _groups = new();
    private readonly ConcurrentDictionary<GroupId, bool> _reported = new();
    private readonly ConcurrentDictionary<NodeId, bool> _lost = new();

    // The carrier is called by one thread at a time. It may report a peer from within, so what it calls back takes neither lock.
    private readonly Lock _sending = new();
    private readonly Lock _changing = new();
    private readonly Dictionary<NodeId, List<Message>> _held = [];
    private readonly Dictionary<GroupId, ClusterConfiguration> _configurations = [];
    private readonly Dictionary<NodeId, string> _addresses = [];
    private int _heldCount;
    private bool _flushIsDue;
    private bool _started;
    private long _strayMessages;

    /// <summary>Creates a transport for groups. It does not own the carrier: dispose that afterwards.</summary>
    /// <param name="carrier">Not started; the first group that starts has it started.</param>
    /// <param name="linger">See <see cref="Linger"/>; 5 ms by default. Greater than zero.</param>
    /// <param name="time">Measures the linger.</param>
    /// <param name="logger">Told of messages to groups that do not run here.</param>
    /// <exception cref="ArgumentOutOfRangeException">The linger is not greater than zero.</exception>
    public SharedTransport(IRaftTransport carrier, TimeSpan? linger = null, TimeProvider? time = null, ILogger<SharedTransport>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(carrier);
        Linger = linger ?? TimeSpan.FromMilliseconds(5);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Linger, TimeSpan.Zero, nameof(linger));
        _carrier = carrier;
        _logger = logger ?? NullLogger<SharedTransport>.Instance;
        _flush = (time ?? TimeProvider.System).CreateTimer(
            static shared => ((SharedTransport)shared!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long a heartbeat waits for those of other groups. Well below a tick, and longer than all nodes of the process take for one.</summary>
    public TimeSpan Linger { get; }

    /// <summary>Messages that were ignored because no node of their group runs here.</summary>
    public long StrayMessages => Interlocked.Read(ref _strayMessages);

    /// <summary>Creates the transport of one group's node. Its <see cref="IRaftTransport.Start"/> throws <see cref="InvalidOperationException"/> when the group
    /// runs here already; a node that starts again does so once the transport before is disposed.</summary>
    public IRaftTransport CreateTransport(GroupId group) => new GroupTransport(this, group);

    /// <summary>Stops sending; what waits is dropped. For after all nodes have stopped.</summary>
    public ValueTask DisposeAsync() => _flush.DisposeAsync();

    private void Start(GroupId group, ITransportListener listener)
    {
        lock (_changing)
        {
            if (!_groups.TryAdd(group, listener))
            {
                throw new InvalidOperationException($"Group {group} runs here already.");
            }

            if (!_started)
            {
                _started = true;
                _carrier.Start(new Listener(this));
            }
        }
    }

    private void Stop(GroupId group, ITransportListener? listener)
    {
        lock (_changing)
        {
            // Not when another node of the group runs.
            if (listener is not null && _groups.TryRemove(new KeyValuePair<GroupId, ITransportListener>(group, listener)))
            {
                _configurations.Remove(group);
                TellMembers();
            }
        }
    }

    private void UpdateMembers(GroupId group, ClusterConfiguration configuration)
    {
        lock (_changing)
        {
            _configurations[group] = configuration;
            foreach ((NodeId member, string address) in configuration.Addresses)
            {
                _addresses[member] = address;
            }

            TellMembers();
        }
    }

    /// <summary>Whoever is a member of one of the groups is to be reached, at the address that was heard of last.</summary>
    private void TellMembers()
    {
        HashSet<NodeId> members = [.. _configurations.Values.SelectMany(static configuration => configuration.Members)];
        if (members.Count > 0)
        {
            _carrier.UpdateMembers(new ClusterConfiguration(members, addresses: _addresses.Where(address => members.Contains(address.Key))));
        }
    }

    private void Send(in Message message, bool mayWait)
    {
        lock (_sending)
        {
            if (!mayWait)
            {
                _carrier.Send(message);
                return;
            }

            Hold(message);
        }

        FlushSoon();
    }

    private void Hold(in Message message)
    {
        if (_heldCount >= MaxHeld)
        {
            SendHeld();
        }

        if (!_held.TryGetValue(message.To, out List<Message>? waiting))
        {
            _held.Add(message.To, waiting = []);
        }

        waiting.Add(message);
        _heldCount++;
    }

    private void FlushSoon()
    {
        if (!Interlocked.Exchange(ref _flushIsDue, true))
        {
            _flush.Change(Linger, Timeout.InfiniteTimeSpan);
        }
    }

    private void Flush()
    {
        // First, so that what comes while this runs is not forgotten.
        Interlocked.Exchange(ref _flushIsDue, false);
        lock (_sending)
        {
            SendHeld();
        }

        foreach (NodeId peer in _lost.Keys)
        {
            _lost.TryRemove(peer, out _);
            foreach (ITransportListener listener in _groups.Values)
            {
                listener.OnUnreachable(peer);
            }
        }
    }

    /// <summary>Peer by peer, so that the carrier finds all messages to one in a row.</summary>
    private void SendHeld()
    {
        foreach (List<Message> waiting in _held.Values)
        {
            foreach (Message message in waiting)
            {
                _carrier.Send(message);
            }

            waiting.Clear();
        }

        _heldCount = 0;
    }

    private void Ignore(in Message message)
    {
        Interlocked.Increment(ref _strayMessages);
        if (_reported.Count < MaxReportedGroups && _reported.TryAdd(message.Group, true))
        {
            LogStray(message.From, message.Group);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {From} talks to group {Group}, which does not run here (yet); its messages are ignored")]
    private partial void LogStray(NodeId from, GroupId group);

    /// <summary>What the carrier sees.</summary>
    private sealed class Listener(SharedTransport shared) : ITransportListener
    {
        /// <summary>True in any case: a carrier that slowed down for one group would slow down all.</summary>
        public bool OnMessage(in Message message)
        {
            if (shared._groups.TryGetValue(message.Group, out ITransportListener? listener))
            {
                listener.OnMessage(message with { Group = GroupId.Default });
            }
            else
            {
                shared.Ignore(message);
            }

            return true;
        }

        /// <summary>All groups hear of it, though only soon: a carrier may report each message that is lost.</summary>
        public void OnUnreachable(NodeId peer)
        {
            shared._lost[peer] = true;
            shared.FlushSoon();
        }
    }

    /// <summary>What a node sees.</summary>
    private sealed class GroupTransport(SharedTransport shared, GroupId group) : IRaftTransport
    {
        private readonly Dictionary<(NodeId Peer, MessageType Type), ulong> _readContexts = [];
        private ITransportListener? _listener;

        public void Start(ITransportListener listener)
        {
            ArgumentNullException.ThrowIfNull(listener);
            shared.Start(group, listener);
            _listener = listener;
        }

        public void Send(in Message message) => shared.Send(message with { Group = group }, MayWait(message));

        public void UpdateMembers(ClusterConfiguration configuration)
        {
            ArgumentNullException.ThrowIfNull(configuration);
            shared.UpdateMembers(group, configuration);
        }

        public ValueTask DisposeAsync()
        {
            shared.Stop(group, _listener);
            return ValueTask.CompletedTask;
        }

        /// <summary>A heartbeat may, unless it begins or confirms a round of reads: those that follow repeat the round's number.</summary>
        private bool MayWait(in Message message)
        {
            if (message.Type is not (MessageType.HeartbeatRequest or MessageType.HeartbeatResponse))
            {
                return false;
            }

            (NodeId, MessageType) key = (message.To, message.Type);
            bool repeats = _readContexts.GetValueOrDefault(key) == message.ReadContext;
            _readContexts[key] = message.ReadContext;
            return repeats;
        }
    }
}
