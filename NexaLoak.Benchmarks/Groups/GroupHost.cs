using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NexaLoak.Benchmarks.Consensus;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.Storage;
using Raft.Core.Transport;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Benchmarks.Groups;

/// <summary>One node of each group, as a process would have them: on one gRPC transport and one ticker.</summary>
internal sealed class GroupHost : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly GrpcRaftTransport _transport;
    private readonly SharedTransport _shared;
    private readonly SharedTicker _ticker = new(TimeSpan.FromMilliseconds(100));
    private readonly IRaftTransport[] _transports;
    private readonly RaftNode[] _nodes;

    private GroupHost(NodeId id, int groups, IReadOnlyDictionary<NodeId, Uri> peers)
    {
        var identity = new NodeIdentity("groups", id);
        _transport = new GrpcRaftTransport(identity, peers, authentication: null, new GrpcTransportOptions { AllowPlaintextOnLoopback = true });
        _server = CreateServer(_transport, IPEndPoint.Parse(peers[id].Authority));
        _shared = new SharedTransport(_transport);
        var options = new RaftNodeOptions { Id = id, Configuration = new ClusterConfiguration(peers.Keys), Ticker = _ticker };
        _transports = [.. Enumerable.Range(0, groups).Select(group => _shared.CreateTransport(new GroupId((ulong)group)))];
        _nodes = [.. _transports.Select(transport => new RaftNode(options, new MemoryStorage(), transport, new NoReplyMachine()))];
    }

    /// <summary>How many groups this host leads.</summary>
    public int Leads => _nodes.Count(static node => node.Status.Role == Role.Leader);

    public static async Task<GroupHost> StartAsync(NodeId id, int groups, IReadOnlyDictionary<NodeId, Uri> peers)
    {
        var host = new GroupHost(id, groups, peers);
        await host._server.StartAsync();
        foreach (RaftNode node in host._nodes)
        {
            node.Start();
        }

        return host;
    }

    /// <summary>Frames written to a peer so far.</summary>
    public long FramesTo(NodeId peer) => _transport.FramesTo(peer);

    /// <summary>Hands the leadership of all groups that this host leads to another host, which may refuse some.</summary>
    public async Task GiveAwayAsync(NodeId successor)
    {
        foreach (RaftNode node in _nodes.Where(static node => node.Status.Role == Role.Leader))
        {
            try
            {
                await node.TransferLeadershipAsync(successor);
            }
            catch (Exception refusal) when (refusal is NotLeaderException or LeadershipTransferException)
            {
                // The caller asks again.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(static node => node.StopAsync()));
        await Task.WhenAll(_transports.Select(static transport => transport.DisposeAsync().AsTask()));
        await _shared.DisposeAsync();
        _ticker.Dispose();
        await _transport.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static WebApplication CreateServer(GrpcRaftTransport transport, IPEndPoint endPoint)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(transport);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenRaft(endPoint, authentication: null));
        WebApplication server = builder.Build();
        server.MapRaft();
        return server;
    }
}
