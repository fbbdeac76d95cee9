using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Opens Kestrel for the nodes of a cluster.</summary>
public static class RaftListenExtensions
{
    private static readonly TimeSpan _pingDelay = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Listens for the nodes of a cluster, with TLS both ways. The address may also serve the application's own endpoints for them; see
    /// <see cref="RaftPeerExtensions.GetRaftPeer"/>. The whole server then pings HTTP/2 connections that are silent for ten seconds, unless it did so earlier.
    /// </summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="endPoint">Where to listen.</param>
    /// <param name="authentication">The node's certificate and whom to trust; <c>null</c> for plain text, which only a loopback address may have.</param>
    /// <exception cref="ArgumentException">Plain text was asked for on an address that is not a loopback one.</exception>
    public static void ListenRaft(this KestrelServerOptions kestrel, IPEndPoint endPoint, PeerAuthentication? authentication)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(endPoint);
        if (authentication is null && !IPAddress.IsLoopback(endPoint.Address))
        {
            throw new ArgumentException($"{endPoint} is not a loopback address, and nodes talk in plain text on such only: give it a certificate.", nameof(endPoint));
        }

        // Nothing else finds a caller whose machine vanished, because calls may be silent for ever.
        if (kestrel.Limits.Http2.KeepAlivePingDelay > _pingDelay)
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = _pingDelay;
        }

        kestrel.Listen(endPoint, listen =>
        {
            if (authentication is null)
            {
                // Without TLS there is no negotiation: HTTP/1 would be assumed.
                listen.Protocols = HttpProtocols.Http2;
            }
            else
            {
                listen.UseRaftTls(authentication);
            }
        });
    }

    /// <summary>
    /// Secures an address with TLS 1.3 for the nodes of a cluster: whoever shows no valid certificate of it is refused, with a warning in the log that says who
    /// and why. Connections that have not shown one yet are bounded in number and in time, so that those who open many and say nothing do no harm.
    /// </summary>
    public static ListenOptions UseRaftTls(this ListenOptions listen, PeerAuthentication authentication)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(authentication);
        ILogger logger = listen.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RaftListenExtensions).FullName!);
        var arrivals = new Arrivals(authentication, new RefusalLog(logger, TimeProvider.System));

        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => connection => arrivals.AdmitAsync(connection, next));
        return listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake => ValueTask.FromResult(arrivals.Receive(handshake.Connection)),
        });
    }
}
