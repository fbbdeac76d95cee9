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

    public const string LaneName = "raft-lane";
    public const string SnapshotLane = "snapshot";
    public const string Address = "raft-address";

    public static KeyValuePair<string, string>[] Create(NodeIdentity from, NodeId to, Lane lane = Lane.Main, Uri? address = null) =>
    [
        new(Version, ProtocolVersion.ToString(CultureInfo.InvariantCulture)),
        new(Cluster, from.ClusterId),
        new(From, from.NodeId.ToString()),
        new(To, to.ToString()),
        .. lane == Lane.Snapshot ? [new(LaneName, SnapshotLane)] : Array.Empty<KeyValuePair<string, string>>(),
        .. address is not null ? [new(Address, PeerAddress.Format(address))] : Array.Empty<KeyValuePair<string, string>>(),
    ];
}
