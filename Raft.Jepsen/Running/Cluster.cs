using System.Collections.Concurrent;
using System.Net;
using Raft.Core.Membership;
using Raft.Jepsen.Running.Clients;
using Raft.Jepsen.Running.Disks;
using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Running.Processes;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;
using Raft.Transport.Grpc.Security;

namespace Raft.Jepsen.Running;

/// <summary>The nodes of a run, as processes of this machine. Safe to use from any thread.</summary>
internal sealed class Cluster : IStoreNodes, IAsyncDisposable
{
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CertificateAge = TimeSpan.FromDays(7);

    private readonly RunOptions _options;
    private readonly RunFolder _folder;
    private readonly FaultShim? _shim;
    private readonly ClusterCertificateAuthority _authority =
        ClusterCertificateAuthority.Create(ServeOptions.ClusterId, time: new EarlierTime(CertificateAge));
    private readonly ConcurrentDictionary<ulong, bool> _claims = new();
    private readonly Lock _lock = new();
    private volatile NodeProcess[] _nodes = [];
    private readonly List<FaultSettings> _faults = [];
    private ulong _lastId;

    /// <summary>Describes the founding members. Nothing is started yet.</summary>
    /// <param name="options">What they are told.</param>
    /// <param name="folder">Where their files are.</param>
    /// <param name="network">Connects them.</param>
    /// <param name="shim">Is loaded into each of them, if given.</param>
    /// <exception cref="HarnessException">There are no addresses for them, or the folder can't be written.</exception>
    public Cluster(RunOptions options, RunFolder folder, INodeNetwork network, FaultShim? shim = null)
    {
        (_options, _folder, _shim, Network, Api) = (options, folder, shim, network, new NodeApi(network));
        NodeId[] members = [.. Enumerable.Range(1, options.Nodes).Select(id => new NodeId((ulong)id))];
        foreach (NodeId _ in members)
        {
            Add(members);
        }
    }

    /// <summary>What the nodes talk to each other over.</summary>
    public INodeNetwork Network { get; }

    /// <summary>What clients ask nodes with.</summary>
    public NodeApi Api { get; }

    /// <summary>The nodes that belong to the cluster, or shall.</summary>
    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    /// <summary>Their ids.</summary>
    public ulong[] Ids => [.. _nodes.Select(node => node.Id)];

    /// <summary>Where a node serves clients.</summary>
    public IPEndPoint ApiOf(ulong node) => Network.Api(node);

    public Task<Answer> PostAsync(ulong node, string path, byte[] body, TimeSpan limit, CancellationToken cancellationToken = default)
        => Api.PostAsync(ApiOf(node), path, body, limit, cancellationToken);

    /// <summary>The node with an id; <c>null</c> when it does not belong to the cluster any more.</summary>
    public NodeProcess? Find(ulong id) => Array.Find(_nodes, node => node.Id == id);

    /// <summary>What lets the disks and clocks of nodes go wrong, as far as they belong to the cluster still.</summary>
    public FaultSettings[] FaultsOf(IEnumerable<ulong> nodes) => [.. nodes.Select(node => Find(node)?.Faults).OfType<FaultSettings>()];

    /// <summary>Starts all nodes that do not run.</summary>
    public Task StartAllAsync() => Task.WhenAll(_nodes.Select(node => node.StartAsync()));

    /// <summary>Adds a node that joins the cluster, with an id that nobody had. It does not run yet.</summary>
    public NodeProcess AddJoining() => Add([]);

    /// <summary>Ends a node for good, and removes its data.</summary>
    public async Task RemoveAsync(NodeProcess node)
    {
        lock (_lock)
        {
            _nodes = [.. _nodes.Where(other => other != node)];
        }

        await node.KillAsync().ConfigureAwait(false);
        node.RemoveData();
        await node.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes a node for oneself, to stop and start it. False when somebody else has it.</summary>
    public bool TryClaim(ulong node) => _claims.TryAdd(node, true);

    /// <summary>Gives a claimed node back.</summary>
    public void Release(ulong node) => _claims.TryRemove(node, out _);

    /// <summary>What each node says of itself; those that do not answer are missing.</summary>
    public async Task<IReadOnlyList<NodeReport>> ReportsAsync(CancellationToken cancellationToken = default)
    {
        NodeReport?[] reports = await Task.WhenAll(
            _nodes.Select(node => Api.ReportAsync(node.Id, ApiOf(node.Id), ReportLimit, cancellationToken))).ConfigureAwait(false);
        return [.. reports.OfType<NodeReport>()];
    }

    /// <summary>The leader of the highest term among those that answer; <c>null</c> when there is none.</summary>
    public async Task<NodeReport?> LeaderAsync(CancellationToken cancellationToken = default)
        => (await ReportsAsync(cancellationToken).ConfigureAwait(false)).Where(report => report.IsLeader).MaxBy(report => report.Term);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.KillAsync())).ConfigureAwait(false);
        Array.ForEach(_nodes, node => node.Disk?.Keep(_folder.Data(node.Id)));
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask())).ConfigureAwait(false);
        _faults.ForEach(faults => faults.Dispose());
        Api.Dispose();
        _authority.Dispose();
    }

    private NodeProcess Add(IReadOnlyList<NodeId> members)
    {
        lock (_lock)
        {
            ulong id = ++_lastId;
            Network.Add(id);
            IssueCertificate(id);
            NodeDisk? disk = _options.NeedsDisks ? new NodeDisk(_folder.Disk(id)) : null;
            string data = disk?.Data ?? _folder.Data(id);
            var options = new ServeOptions
            {
                Id = new NodeId(id),
                Members = members,
                Peers = Network.Peers,
                Api = ApiOf(id),
                Data = data,
                Tls = _folder.Tls(id),
                Tick = _options.Tick,
                SnapshotEntries = _options.SnapshotEntries,
                MaxStaleness = _options.MaxStaleness,
                Leases = _options.Leases,
                Plant = _options.Plant,
                IsChild = true,
            };
            var launcher = new ChildLauncher(() =>
            {
                Network.Enter(id);
                disk?.Enter();
            });
            var node = new NodeProcess(launcher, options, _folder.Log(id), _shim is null ? null : AddFaults(id, data, _shim), disk);
            _nodes = [.. _nodes, node];
            return node;
        }
    }

    private FaultSettings AddFaults(ulong id, string data, FaultShim shim)
    {
        var faults = new FaultSettings(shim, _folder.Faults(id), data);
        _faults.Add(faults);
        return faults;
    }

    private void IssueCertificate(ulong id)
    {
        string folder = Directory.CreateDirectory(_folder.Tls(id)).FullName;
        using NodeCertificate issued = _authority.IssueNode(new NodeId(id));
        issued.Save(Path.Combine(folder, ServeOptions.CertificateFile), Path.Combine(folder, ServeOptions.KeyFile));
        File.WriteAllText(Path.Combine(folder, ServeOptions.AuthorityFile), _authority.Certificate.ExportCertificatePem());
    }
}
