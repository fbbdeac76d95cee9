using System.Globalization;
using System.Net;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Reads addresses out of options that were found to be valid.</summary>
internal static class RaftMembers
{
    /// <summary>The nodes that are named, and where they are reached.</summary>
    public static Dictionary<NodeId, Uri> Peers(this RaftHostOptions options)
        => options.Peers.ToDictionary(static p => new NodeId(ulong.Parse(p.Key, CultureInfo.InvariantCulture)), static p => new Uri(p.Value));

    /// <summary>The members that found the cluster, and their addresses; nobody for a node that joins.</summary>
    public static ClusterConfiguration Configuration(this RaftHostOptions options)
    {
        if (options.Join)
        {
            return ClusterConfiguration.Empty;
        }

        Dictionary<NodeId, Uri> peers = options.Peers();
        return new ClusterConfiguration(peers.Keys, addresses: peers.Select(static p => KeyValuePair.Create(p.Key, PeerAddress.Format(p.Value))));
    }

    /// <summary>Who the node is.</summary>
    public static NodeIdentity Self(this RaftHostOptions options) => new(options.ClusterId!, new NodeId(options.NodeId));

    /// <summary>Where the node listens for others; <c>null</c> when the application sees to it.</summary>
    public static IPEndPoint? ListenEndPoint(this RaftHostOptions options)
    {
        if (options.Listen is { } listen)
        {
            return listen == RaftHostOptions.ListenNowhere ? null : IPEndPoint.Parse(listen);
        }

        Uri own = options.Peers()[new NodeId(options.NodeId)];
        IPAddress address = IPAddress.TryParse(own.DnsSafeHost, out IPAddress? ip) ? ip : own.IsLoopback ? IPAddress.Loopback : IPAddress.IPv6Any;
        return new IPEndPoint(address, own.Port);
    }
}
