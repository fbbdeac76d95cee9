using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Raft.Core.Membership;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Transport;

/// <summary>A transport on a Kestrel of its own, with a listener that records unless somebody else starts it.</summary>
internal sealed class TransportNode : IAsyncDisposable
{
    private readonly WebApplication _server;

    private TransportNode(WebApplication server, GrpcRaftTransport transport, RecordingListener listener, LogSink log)
    {
        _server = server;
        Transport = transport;
        Listener = listener;
        Log = log;
    }

    public GrpcRaftTransport Transport { get; }

    public RecordingListener Listener { get; }

    public LogSink Log { get; }

    public static async Task<TransportNode> StartAsync(
        NodeIdentity self,
        IPEndPoint endPoint,
        IReadOnlyDictionary<NodeId, Uri> peers,
        PeerAuthentication? authentication,
        GrpcTransportOptions? options = null,
        Action<WebApplication>? map = null,
        TimeProvider? time = null,
        bool startTransport = true)
    {
        var log = new LogSink();
        var transport = new GrpcRaftTransport(self, peers, authentication, options, log.CreateLogger<GrpcRaftTransport>(), time);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(transport);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenRaft(endPoint, authentication));
        WebApplication server = builder.Build();
        server.MapRaft();
        map?.Invoke(server);
        await server.StartAsync();
        var listener = new RecordingListener();
        if (startTransport)
        {
            transport.Start(listener);
        }

        return new TransportNode(server, transport, listener, log);
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        await _server.DisposeAsync();
    }
}
