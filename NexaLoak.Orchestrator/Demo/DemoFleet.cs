using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using NexaLoak.Orchestrator.Api;
using NexaLoak.Orchestrator.Demo.Events;
using NexaLoak.Orchestrator.Demo.Observation;
using NexaLoak.Orchestrator.Demo.Processes;

namespace NexaLoak.Orchestrator.Demo;

/// <summary>
/// The demo's servers together with what is seen of them: turns both into events, and remembers what the scenarios ask about.
/// </summary>
internal sealed class DemoFleet(FleetBoard board)
{
    private readonly ConcurrentDictionary<string, long> _unassignMs = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile string? _wronglyUnassigned;
    private bool _isReporting;

    /// <summary>
    /// Called for each event from the first <see cref="ReadyEvent"/> until <see cref="Stop"/>; from any thread, one at a time.
    /// </summary>
    public event Action<DemoEvent>? Happened;

    /// <summary>What can be seen from outside.</summary>
    public FleetBoard Board => board;

    /// <summary>All servers, dead or alive.</summary>
    public IReadOnlyList<DemoServer> Servers { get; set; } = [];

    /// <summary>The servers whose processes exist.</summary>
    public IReadOnlyList<DemoServer> Alive => [.. Servers.Where(server => server.IsAlive)];

    /// <summary>Milliseconds from each node's last kill until its address had left DNS.</summary>
    public ImmutableSortedDictionary<string, long> UnassignMs => _unassignMs.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>What must never be the case; <c>null</c> while it is not.</summary>
    public string? Violation => board.Divergence ?? _wronglyUnassigned;

    /// <summary>The server of the leading node; <c>null</c> while there is none.</summary>
    public DemoServer? Leader => board.Leader is { } leader ? Servers.First(server => server.Name == leader.Node) : null;

    /// <summary>Reports that the fleet works; what happened on the way there is no news.</summary>
    public void Begin(ReadyEvent ready)
    {
        lock (_gate)
        {
            Happened?.Invoke(ready);
            _isReporting = true;
        }
    }

    /// <summary>From now on nothing is news: the demo is tidying up.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isReporting = false;
        }
    }

    /// <summary>Starts servers again on their old data.</summary>
    public async Task RestartAsync(IReadOnlyList<DemoServer> servers)
    {
        foreach (DemoServer server in servers)
        {
            await server.StartAsync();
            Report(new RestartedEvent(server.Name, server.Pid));
        }
    }

    /// <summary>A server's process has died.</summary>
    public void OnDied(DemoServer server, bool byUs)
    {
        Report(new KilledEvent(server.Name, server.Pid, byUs ? KilledEvent.Scenario : KilledEvent.Outside));
        board.Poke();
    }

    /// <summary>Another node leads.</summary>
    public void OnLeader(NodeStatus leader) => Report(new LeaderEvent(leader.Node, leader.Term));

    /// <summary>DNS answers differently.</summary>
    public void OnDns(ImmutableList<string> before, ImmutableList<string> now)
    {
        foreach (DemoServer server in Servers)
        {
            bool was = before.Contains(server.Address);
            bool isThere = now.Contains(server.Address);
            if (was && !isThere)
            {
                OnUnassigned(server);
            }
            else if (isThere && !was)
            {
                Report(new AssignedEvent(server.Name, server.Address));
            }
        }

        Report(new DnsEvent(now));
    }

    private void OnUnassigned(DemoServer server)
    {
        long? ms = server.DiedAt is { } died ? (long)Stopwatch.GetElapsedTime(died).TotalMilliseconds : null;
        if (ms is { } time)
        {
            _unassignMs[server.Name] = time;
        }
        else
        {
            _wronglyUnassigned ??= $"{server.Address} left the domain while {server.Name} was alive";
        }

        Report(new UnassignedEvent(server.Name, server.Address, ms));
    }

    private void Report(DemoEvent happened)
    {
        lock (_gate)
        {
            if (_isReporting)
            {
                Happened?.Invoke(happened);
            }
        }
    }
}
