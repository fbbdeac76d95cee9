using NexaLoak.Orchestrator.Protos;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Announces this node to the fleet until the replicated state shows it as it is configured.</summary>
internal sealed partial class NodeRegistrar(
    LocalNode self, IRaft raft, FleetState state, FleetProposer proposer, TimeProvider time, ILogger<NodeRegistrar> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? told = null;
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            FleetData fleet = state.View.Fleet;
            if (IsRegistered(fleet))
            {
                return;
            }

            // The answer to a forwarded command does not come back, so the reason for a refusal is looked up here.
            RegisterNode register = Registration();
            string? refusal = NodeCommands.WhyNotRegister(fleet, register, raft.Id.Value);
            if (refusal is not null && refusal != told)
            {
                told = refusal;
                LogRefused(self.Name, refusal);
            }

            proposer.TryForward(new Command { RegisterNode = register });
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private bool IsRegistered(FleetData fleet) => fleet.Nodes.TryGetValue(self.Name, out FleetNode? node)
        && node.RaftId == raft.Id.Value
        && node.Address == self.Address
        && node.ServicePort == self.ServicePort
        && node.ApiAddress == self.ApiAddress;

    private RegisterNode Registration() => new()
    {
        Name = self.Name,
        Address = self.Address,
        ServicePort = (uint)self.ServicePort,
        ApiAddress = self.ApiAddress,
    };

    [LoggerMessage(
        LogLevel.Error, "The fleet does not take in node {Name} as it is configured: {Reason} Correct this node's configuration and start it again.")]
    private partial void LogRefused(string name, string reason);
}
