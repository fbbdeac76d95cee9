using Raft.Core.Consensus;
using Raft.Core.Node;
using Raft.Core.Node.Snapshots;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>What a hosted node is told, usually by a section of the configuration. Checked when the application starts.</summary>
public sealed class RaftHostOptions
{
    /// <summary>Value of <see cref="Listen"/> that leaves it to the application to call <see cref="RaftListenExtensions.ListenRaft"/>.</summary>
    public const string ListenNowhere = "none";

    /// <summary>Name of the cluster, the same on all nodes; see <see cref="Security.NodeIdentity.IsValidClusterId"/>.</summary>
    public string? ClusterId { get; set; }

    /// <summary>Number of this node, at least 1; one of the keys of <see cref="Peers"/> unless it joins.</summary>
    public ulong NodeId { get; set; }

    /// <summary>
    /// The members that found the cluster, this node too: number and address, such as <c>"1": "https://10.0.0.1:7000"</c>. They must be the same on all of them,
    /// because the log of each begins with them; whom the cluster has later it keeps in the log. For a node that joins (<see cref="Join"/>): its own
    /// number and address, and those of other members if it shall reach them before they call.
    /// </summary>
    public Dictionary<string, string> Peers { get; } = [];

    /// <summary>
    /// The node joins a cluster that exists: it waits until a leader that has added it calls, and founds none. Of no effect once the node has a log, so it may
    /// remain set.
    /// </summary>
    public bool Join { get; set; }

    /// <summary>The node's credentials.</summary>
    public RaftTlsOptions Tls { get; } = new();

    /// <summary>
    /// Where to listen for other nodes, <c>IP:PORT</c>, or <see cref="ListenNowhere"/>. Unless set, the node's own address in <see cref="Peers"/>; when that is
    /// a host name, its port on all addresses.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>Length of a tick; the times of <see cref="Consensus"/> are counted in it.</summary>
    public TimeSpan TickInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="RaftNodeOptions.MailboxCapacity"/>
    public int MailboxCapacity { get; set; } = 65_536;

    /// <inheritdoc cref="RaftNodeOptions.MailboxBytes"/>
    public long MailboxBytes { get; set; } = 64 << 20;

    /// <inheritdoc cref="RaftNodeOptions.EventCapacity"/>
    public int EventCapacity { get; set; } = 256;

    /// <inheritdoc cref="RaftNodeOptions.MaxStaleness"/>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="RaftNodeOptions.MaxWriteStallTicks"/>
    public int MaxWriteStallTicks { get; set; } = 50;

    /// <inheritdoc cref="RaftNodeOptions.StopTimeout"/>
    /// <remarks>Below the application's own shutdown timeout, which would cut it short.</remarks>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromMilliseconds(900);

    /// <summary>Timing in ticks, and limits.</summary>
    public RaftOptions Consensus { get; set; } = new();

    /// <summary>When snapshots are taken, of a state machine that can be saved.</summary>
    public SnapshotPolicy Snapshots { get; set; } = new();

    /// <summary>Limits and times of the transport.</summary>
    public GrpcTransportOptions Transport { get; } = new();
}
