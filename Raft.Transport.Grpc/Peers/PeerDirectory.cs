using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Peers;

/// <summary>
/// Whom this node sends to, and where they are reached: at the address that the configuration in force names; else at the last one that a configuration or the
/// application has named; else where the node itself said, when it called. Safe to use from any thread.
/// </summary>
internal sealed class PeerDirectory : IAsyncDisposable
{
    /// <summary>Nodes whose address is known from their calls only. Each of them costs two connections.</summary>
    public const int MaxLearnt = 64;

    private readonly LocalNode _self;
    private readonly Dictionary<NodeId, Uri> _configured;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<NodeId, PeerSender> _senders = new();
    private readonly Dictionary<NodeId, Uri> _known;
    private readonly Dictionary<NodeId, Uri> _learnt = [];
    private Dictionary<NodeId, string> _unusable = [];
    private ClusterConfiguration _members = ClusterConfiguration.Empty;
    private Action<NodeId>? _unreachable;
    private Task _givenUp = Task.CompletedTask;
    private bool _tooManyReported;
    private bool _disposed;

    /// <summary>Creates the senders of the peers that the application names.</summary>
    /// <exception cref="ValidationException">An address can't be used.</exception>
    public PeerDirectory(LocalNode self, IReadOnlyDictionary<NodeId, Uri> peers)
    {
        _self = self;
        _configured = new Dictionary<NodeId, Uri>(peers);
        _known = new Dictionary<NodeId, Uri>(peers);
        foreach ((NodeId peer, Uri address) in peers)
        {
            if (self.ProblemOf(address) is { } problem)
            {
                throw new ValidationException($"The address of node {peer} can't be used: {problem}.");
            }
        }

        self.Address = _known.GetValueOrDefault(self.Identity.NodeId);
        foreach (NodeId peer in peers.Keys)
        {
            Connect(peer);
        }
    }

    /// <summary>Begins to send.</summary>
    /// <param name="unreachable">Called when messages to a node were lost.</param>
    public void Start(Action<NodeId> unreachable)
    {
        lock (_gate)
        {
            _unreachable = unreachable;
            foreach (PeerSender sender in _senders.Values)
            {
                sender.Start(unreachable);
            }
        }
    }

    /// <summary>What sends to a node; <c>null</c> when nobody knows where it is.</summary>
    public PeerSender? Find(NodeId peer) => _senders.GetValueOrDefault(peer);

    /// <summary>Another configuration is in force.</summary>
    public void UpdateMembers(ClusterConfiguration configuration)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _members = configuration;
            ReadAddresses();
            _self.Address = _known.GetValueOrDefault(_self.Identity.NodeId);
            foreach (NodeId member in configuration.Members)
            {
                Connect(member);
            }
        }
    }

    /// <summary>A node has called.</summary>
    /// <param name="peer">The node.</param>
    /// <param name="address">Where it says that it is reached; <c>null</c> when it says nothing.</param>
    public void OnContact(NodeId peer, Uri? address)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            if (address is not null && !_known.ContainsKey(peer))
            {
                Learn(peer, address);
            }

            Connect(peer);
            Find(peer)?.OnContact();
        }
    }

    /// <summary>
    /// Gives up the nodes that are no members, do not call, and were sent nothing since the last time this was asked. A node that was removed still gets
    /// what is said to it, and its calls are answered for as long as it makes them. Peers that the application named stay until a configuration is in force.
    /// </summary>
    public void GiveUpIdle(Func<NodeId, bool> calls)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            foreach ((NodeId peer, PeerSender sender) in _senders)
            {
                bool stays = _members.Contains(peer) || (_members.IsEmpty && _configured.ContainsKey(peer));
                if (!sender.TakeUsed() && !stays && !calls(peer))
                {
                    Forget(peer, sender);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (PeerSender sender in _senders.Values)
            {
                Close(sender);
            }
        }

        await _givenUp.ConfigureAwait(false);
    }

    private void ReadAddresses()
    {
        var unusable = new Dictionary<NodeId, string>();
        foreach ((NodeId member, string text) in _members.Addresses)
        {
            (Uri? address, string? problem) = _self.ReadAddress(text);
            if (address is not null)
            {
                _known[member] = address;
                _learnt.Remove(member);
                continue;
            }

            unusable.Add(member, text);
            if (_unusable.GetValueOrDefault(member) != text)
            {
                _self.Logger.UnusableAddress(member, problem!);
            }
        }

        _unusable = unusable;
    }

    private void Learn(NodeId peer, Uri address)
    {
        if (_learnt.GetValueOrDefault(peer) == address)
        {
            return;
        }

        if (_learnt.Count < MaxLearnt || _learnt.ContainsKey(peer))
        {
            _learnt[peer] = address;
            _self.Logger.Learnt(peer, address);
        }
        else if (!_tooManyReported)
        {
            _tooManyReported = true;
            _self.Logger.TooManyLearnt(peer, MaxLearnt);
        }
    }

    /// <summary>Makes sure that a node whose address is known has a sender for it. What waits for the address before is lost.</summary>
    private void Connect(NodeId peer)
    {
        Uri? address = _known.GetValueOrDefault(peer) ?? _learnt.GetValueOrDefault(peer);
        PeerSender? before = Find(peer);
        if (address is null || address == before?.Address || peer == _self.Identity.NodeId)
        {
            return;
        }

        var sender = new PeerSender(_self, peer, address);
        _senders[peer] = sender;
        if (_unreachable is not null)
        {
            sender.Start(_unreachable);
        }

        if (before is not null)
        {
            Close(before);
            _unreachable?.Invoke(peer);
        }
    }

    private void Forget(NodeId peer, PeerSender sender)
    {
        _senders.TryRemove(peer, out _);
        _learnt.Remove(peer);
        _known.Remove(peer);
        if (_configured.TryGetValue(peer, out Uri? configured))
        {
            _known.Add(peer, configured);
        }

        _tooManyReported = false;
        _self.Logger.GivenUp(peer, sender.Address);
        Close(sender);
    }

    private void Close(PeerSender sender) => _givenUp = Task.WhenAll(_givenUp, sender.DisposeAsync().AsTask());
}
