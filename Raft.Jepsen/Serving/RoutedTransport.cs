using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Core.Transport;

namespace Raft.Jepsen.Serving;

/// <summary>
/// The shipped transport, which reaches each member on this node's own way to it (<see cref="AddressPattern"/>) in place of the address that all
/// nodes have in their configuration. Everything else is passed on.
/// </summary>
/// <param name="inner">The transport. Owned.</param>
/// <param name="self">This node.</param>
/// <param name="peers">The ways.</param>
internal sealed class RoutedTransport(IRaftTransport inner, NodeId self, AddressPattern peers) : IRaftTransport
{
    public void Start(ITransportListener listener) => inner.Start(listener);

    public void Send(in Message message) => inner.Send(message);

    public void UpdateMembers(ClusterConfiguration configuration) => inner.UpdateMembers(Route(configuration));

    public void SettleMembers(ClusterConfiguration configuration) => inner.SettleMembers(configuration);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ClusterConfiguration Route(ClusterConfiguration configuration)
        => configuration.IsEmpty
            ? configuration
            : new ClusterConfiguration(
                configuration.Voters,
                configuration.VotersOutgoing,
                configuration.Learners,
                configuration.LearnersNext,
                configuration.Witnesses,
                configuration.Members.Select(member => KeyValuePair.Create(member, peers.Way(self, member))));
}
