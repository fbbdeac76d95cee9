using System.Net;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Health;

/// <summary>
/// Probes the service ports of all registered nodes, this one included, and reports what differs from the replicated state until it shows there.
/// </summary>
internal sealed class ServiceProber(IRaft raft, FleetState state, FleetProposer proposer, HealthOptions options, TimeProvider time)
    : BackgroundService
{
    private readonly Dictionary<string, ProbedService> _services = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ProbeInterval, time);
        do
        {
            Follow(state.View.Fleet);
            await Task.WhenAll(_services.Values.Select(service => ProbeAsync(service, stoppingToken))).ConfigureAwait(false);
            Report(state.View.Fleet);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private void Follow(FleetData fleet)
    {
        foreach (FleetNode node in fleet.Nodes.Values)
        {
            IPEndPoint endpoint = EndpointOf(node);
            if (!_services.TryGetValue(node.Name, out ProbedService? service) || !service.Endpoint.Equals(endpoint))
            {
                _services[node.Name] = new ProbedService(endpoint, new ServiceHysteresis(options.ProbesUntilDown, options.ProbesUntilUp));
            }
        }
    }

    private async Task ProbeAsync(ProbedService service, CancellationToken cancellationToken)
    {
        ProbeResult result = await ServiceProbe.ConnectAsync(service.Endpoint, options.ProbeTimeout, time, cancellationToken).ConfigureAwait(false);
        if (service.Hysteresis.Add(result))
        {
            service.SinceUnixMs = proposer.NowUnixMs;
        }
    }

    // A report may get lost on its way to the leader, or be dropped there: it is repeated at every round until this node's own state shows it.
    private void Report(FleetData fleet)
    {
        if (fleet.NodeByRaftId(raft.Id.Value) is not { } self)
        {
            return;
        }

        var report = new ReportHealth();
        foreach (FleetNode node in fleet.Nodes.Values)
        {
            if (!_services.TryGetValue(node.Name, out ProbedService? service) || !service.Endpoint.Equals(EndpointOf(node)))
            {
                continue;
            }

            ServiceState seen = service.Hysteresis.State;
            if (seen != ServiceState.Unknown && fleet.Reports.GetValueOrDefault(new ReportKey(self.Name, node.Name))?.State != seen)
            {
                report.Sightings.Add(new ServiceSighting { Target = node.Name, State = seen, SinceUnixMs = service.SinceUnixMs });
            }
        }

        if (report.Sightings.Count > 0)
        {
            proposer.TryForward(new Command { ReportHealth = report });
        }
    }

    private static IPEndPoint EndpointOf(FleetNode node) => new(IPAddress.Parse(node.Address), node.ServicePort);

    private sealed class ProbedService(IPEndPoint endpoint, ServiceHysteresis hysteresis)
    {
        public IPEndPoint Endpoint { get; } = endpoint;

        public ServiceHysteresis Hysteresis { get; } = hysteresis;

        public long SinceUnixMs { get; set; }
    }
}
