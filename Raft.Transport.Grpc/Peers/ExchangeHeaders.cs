using System.Globalization;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Peers;

/// <summary>The metadata of an Exchange call, as <c>raft.proto</c> describes it.</summary>
internal static class ExchangeHeaders
{
    public const string ServicePath = "/nexaloak.raft.v1.RaftTransport";
    public const string MethodName = "Exchange";
    public const uint ProtocolVersion = 1;

    public const string Version = "raft-version";
    public const string Cluster = "raft-cluster";
    public const string From = "raft-from";
    public const string To = "raft-to";

    public static KeyValuePair<string, string>[] Create(NodeIdentity from, NodeId to) =>
    [
        new(Version, ProtocolVersion.ToString(CultureInfo.InvariantCulture)),
        new(Cluster, from.ClusterId),
        new(From, from.NodeId.ToString()),
        new(To, to.ToString()),
    ];
}
