using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Marks a connection whose other side has proven to be a node of the cluster.</summary>
internal sealed record RaftPeerFeature(NodeIdentity Peer);
