using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Hosting;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Transport.Grpc;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Transport;

/// <summary>Nodes as applications host them, on loopback: credentials in files, the log in memory, and a state machine that keeps all commands.</summary>
internal sealed class HostedCluster : IAsyncDisposable
{
    public const string Id = "hosted";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // The authority is three years old, so that a node's certificate of then, for two years, has expired.
    private static readonly FixedTime s_then = new(DateTimeOffset.UtcNow.AddYears(-3));

    private readonly TemporaryFolder _folder = new();
    private readonly ClusterCertificateAuthority _authorityOfThen = ClusterCertificateAuthority.Create(Id, time: s_then);
    private readonly ClusterCertificateAuthority _authority;
    private readonly ConcurrentDictionary<int, WebApplication> _running = new();
    private readonly Dictionary<int, MemoryStorage> _storages;

    public HostedCluster(int nodes)
    {
        _authorityOfThen.Save(_folder.File("ca.crt"), _folder.File("ca.key"));
        _authority = ClusterCertificateAuthority.Load(_folder.File("ca.crt"), _folder.File("ca.key"));
        Ids = [.. Enumerable.Range(1, nodes)];
        EndPoints = Ids.ToDictionary(static id => id, static _ => LoopbackPort.Reserve());
        Addresses = new Dictionary<int, IPEndPoint>(EndPoints);
        Logs = Ids.ToDictionary(static id => id, static _ => new LogSink());
        _storages = Ids.ToDictionary(static id => id, static _ => new MemoryStorage());
        foreach (int id in Ids)
        {
            Trust(id, Authority);
            Install(id, Authority);
        }
    }

    public ClusterCertificateAuthority Authority => _authority;

    public int[] Ids { get; }

    /// <summary>Where nodes listen.</summary>
    public Dictionary<int, IPEndPoint> EndPoints { get; }

    /// <summary>Where the others reach them; the same unless a test puts something in between.</summary>
    public Dictionary<int, IPEndPoint> Addresses { get; }

    public Dictionary<int, LogSink> Logs { get; }

    /// <summary>Puts the certificates of authorities in the place of those that a node trusts.</summary>
    public void Trust(int node, params ClusterCertificateAuthority[] authorities)
        => File.WriteAllLines(_folder.File($"{node}.ca.crt"), authorities.Select(static a => a.Certificate.ExportCertificatePem()));

    /// <summary>Puts a new certificate in the place of a node's, the key first: for a moment the two do not belong together.</summary>
    public void Install(int node, ClusterCertificateAuthority issuer)
    {
        using NodeCertificate issued = issuer.IssueNode(new NodeId((ulong)node));
        using ECDsa key = issued.Certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(_folder.File($"{node}.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.File($"{node}.crt"), issued.Certificate.ExportCertificatePem());
    }

    public NodeCertificate IssueExpired(ulong node) => _authorityOfThen.IssueNode(new NodeId(node));

    public Task StartAsync() => Task.WhenAll(Ids.Select(StartAsync));

    public async Task StartAsync(int node)
    {
        WebApplication app = Build(node);
        await app.StartAsync();
        _running[node] = app;
    }

    public async Task StopAsync(int node)
    {
        if (_running.TryRemove(node, out WebApplication? app))
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public GrpcRaftTransport Transport(int node) => _running[node].Services.GetRequiredService<GrpcRaftTransport>();

    public async Task<int> LeaderAsync()
    {
        await Eventually.Holds(() => Leader() is not null, "a node leads");
        return Leader() ?? Ids[0];
    }

    /// <summary>Writes to whoever leads, again until it is acknowledged.</summary>
    public Task WriteAsync(string value)
        => Eventually.HoldsAsync(
            async () =>
            {
                if (Leader() is not { } leader || !_running.TryGetValue(leader, out WebApplication? app))
                {
                    return false;
                }

                using var patience = new CancellationTokenSource(s_patience);
                try
                {
                    await app.Services.GetRequiredService<IRaft>().ProposeAsync(Encoding.UTF8.GetBytes(value), patience.Token);
                    return true;
                }
                catch (Exception e) when (e is NotLeaderException or ProposalDroppedException or OutcomeUnknownException or RaftStoppedException
                    or OperationCanceledException)
                {
                    return false;
                }
            },
            "the write is acknowledged");

    public Task AllHold(IEnumerable<string> values)
        => Eventually.Holds(
            () => _running.Values.All(node => values.All(node.Services.GetRequiredService<Journal>().Values.ContainsKey)),
            "all running nodes hold all values");

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Keys.Select(StopAsync));
        foreach (MemoryStorage storage in _storages.Values)
        {
            await storage.DisposeAsync();
        }

        _authority.Dispose();
        _authorityOfThen.Dispose();
        _folder.Dispose();
    }

    private int? Leader()
    {
        // A leader of before may not know yet that there is another one.
        KeyValuePair<int, WebApplication>[] running = [.. _running];
        return running.Select(static node => (node.Key, node.Value.Services.GetRequiredService<IRaft>().Status))
            .Where(static node => node.Status.Role == Role.Leader)
            .OrderBy(static node => node.Status.Term)
            .Select(static node => (int?)node.Key)
            .LastOrDefault();
    }

    private WebApplication Build(int node)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Logs[node]);
        builder.WebHost.UseUrls($"http://{LoopbackPort.Reserve()}");
        IRaftBuilder raft = builder.Services.AddRaft(options =>
        {
            options.ClusterId = Id;
            options.NodeId = (ulong)node;
            options.Listen = EndPoints[node].ToString();
            foreach ((int id, IPEndPoint address) in Addresses)
            {
                options.Peers[$"{id}"] = $"https://{address}";
            }

            options.Tls.Certificate = _folder.File($"{node}.crt");
            options.Tls.Key = _folder.File($"{node}.key");
            options.Tls.Authority = _folder.File($"{node}.ca.crt");
        });
        raft.UseGrpcTransport().UseStateMachine<Journal>().Services.AddSingleton<IRaftStorage>(_storages[node]);
        WebApplication app = builder.Build();
        app.MapRaft();
        return app;
    }

    private sealed class Journal : IStateMachine
    {
        public ConcurrentDictionary<string, bool> Values { get; } = new();

        public ReadOnlyMemory<byte> Apply(in Entry entry)
        {
            Values[Encoding.UTF8.GetString(entry.Payload.Span)] = true;
            return default;
        }
    }
}
