using Microsoft.AspNetCore.Http;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Tells an application which node calls it.</summary>
public static class RaftPeerExtensions
{
    /// <summary>
    /// The node whose certificate was verified on the connection that carries this request, or <c>null</c> when the request came in elsewhere than through
    /// <see cref="RaftListenExtensions.UseRaftTls"/>.
    /// </summary>
    public static NodeIdentity? GetRaftPeer(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<RaftPeerFeature>()?.Peer;
    }
}
