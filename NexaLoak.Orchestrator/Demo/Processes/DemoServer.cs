using System.Diagnostics;
using System.Net;
using NexaLoak.Orchestrator.Configuration;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>
/// One server of the demo: a <c>nexaloak serve</c> process and a VPN service. When the process dies, whoever killed it, the VPN service
/// ends with it, as on a machine that crashes; a process that is merely suspended leaves its VPN service alone.
/// </summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private readonly ChildLauncher _launcher;
    private readonly string _folder;
    private readonly IPEndPoint _vpnEndPoint;
    private readonly Lock _gate = new();
    private ChildProcess? _process;
    private Task _watching = Task.CompletedTask;
    private bool _isAlive;
    private bool _killing;
    private long? _diedAt;

    /// <param name="launcher">Starts the processes.</param>
    /// <param name="fleetFolder">Folder that the fleet's files were written to.</param>
    /// <param name="node">The node.</param>
    /// <param name="plan">The fleet that it belongs to.</param>
    public DemoServer(ChildLauncher launcher, string fleetFolder, PlannedNode node, FleetPlan plan)
    {
        _launcher = launcher;
        _folder = Path.Combine(fleetFolder, node.Name);
        _vpnEndPoint = new IPEndPoint(node.Address, plan.VpnPort);
        Name = node.Name;
        Address = node.Address.ToString();
        Api = new Uri($"http://{node.Address}:{plan.ApiPort}/");
    }

    /// <summary>Name of the node.</summary>
    public string Name { get; }

    /// <summary>Its address in the domain.</summary>
    public string Address { get; }

    /// <summary>Address of its status API.</summary>
    public Uri Api { get; }

    /// <summary>What serves its VPN port.</summary>
    public static string VpnKind => V2RayService.IsInstalled ? V2RayService.ServiceKind : ListenerService.ServiceKind;

    /// <summary>Process id of the node; of its last process when it is dead.</summary>
    public int Pid => _process?.Pid ?? 0;

    /// <summary>True while its process exists.</summary>
    public bool IsAlive
    {
        get
        {
            lock (_gate)
            {
                return _isAlive;
            }
        }
    }

    /// <summary>When its last process died, as a <see cref="Stopwatch"/> timestamp; <c>null</c> while it lives.</summary>
    public long? DiedAt
    {
        get
        {
            lock (_gate)
            {
                return _diedAt;
            }
        }
    }

    /// <summary>The last lines that its process wrote.</summary>
    public IReadOnlyList<string> LastLines => _process?.LastLines ?? [];

    /// <summary>Called when the process has died; the flag tells whether <see cref="KillAsync"/> did it.</summary>
    public required Action<DemoServer, bool> Died { get; init; }

    /// <summary>Starts the VPN service and the node, on whatever data the node has.</summary>
    public async Task StartAsync()
    {
        IVpnService vpn = V2RayService.IsInstalled
            ? await V2RayService.StartAsync(_launcher, _folder, Name, _vpnEndPoint)
            : new ListenerService(_vpnEndPoint);
        ChildProcess process = await _launcher.StartAsync(
            Name, [.. OwnProgram.Command, "serve", "--config", Path.Combine(_folder, FleetFolder.ConfigurationFile)]);
        lock (_gate)
        {
            _process = process;
            _killing = false;
            _isAlive = true;
            _diedAt = null;
        }

        _watching = WatchAsync(process, vpn);
    }

    /// <summary>Kills the process as a crash would, and waits until the server is gone altogether.</summary>
    public async Task KillAsync()
    {
        lock (_gate)
        {
            _killing = true;
        }

        if (_process is { } process)
        {
            await process.KillAsync();
        }

        await _watching;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }
    }

    private async Task WatchAsync(ChildProcess process, IVpnService vpn)
    {
        await process.Exited;
        bool byUs;
        lock (_gate)
        {
            _isAlive = false;
            _diedAt = Stopwatch.GetTimestamp();
            byUs = _killing;
        }

        await vpn.DisposeAsync();
        Died(this, byUs);
    }
}
