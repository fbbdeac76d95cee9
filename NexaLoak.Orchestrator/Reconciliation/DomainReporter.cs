using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>Replicates what the leader knows about the domain, when it differs from what the state says.</summary>
internal sealed class DomainReporter(FleetState state, FleetProposer proposer)
{
    /// <summary>Reports the content of the domain, and the error of a change that waits for its next try.</summary>
    public async Task ReportContentAsync(DomainContent content, string frozen, ulong term, CancellationToken lost)
    {
        FleetData fleet = state.View.Fleet;
        Operation? failed = fleet.Operations.Values.FirstOrDefault(operation => operation.State == OperationState.Failed);
        var report = new ReportDomain { Listing = new DomainListing(), Frozen = FleetRules.ToText(frozen), Error = failed?.Note ?? "" };
        report.Listing.Published.AddRange(content.Owned.DistinctBy(record => record.Address).Select(record => new PublishedRecord
        {
            Address = record.Address,
            Node = record.Owner!.Node,
            Term = record.Owner.Term,
        }));

        bool known = fleet.Domain.ListedUnixMs != 0
            && fleet.Domain.Frozen == report.Frozen
            && fleet.Domain.Error == report.Error
            && fleet.Published.SequenceEqual(
                report.Listing.Published.Select(record => KeyValuePair.Create(record.Address, new PublishedAddress(record.Node, record.Term))));
        if (!known)
        {
            await proposer.ProposeAsync(new Command { ReportDomain = report }, term, lost).ConfigureAwait(false);
        }
    }

    /// <summary>Reports that the domain could not be listed or changed.</summary>
    public async Task ReportErrorAsync(string error, ulong term, CancellationToken lost)
    {
        DomainStatus domain = state.View.Fleet.Domain;
        var report = new ReportDomain { Frozen = domain.Frozen, Error = FleetRules.ToText(error) };
        if (domain.Error != report.Error)
        {
            await proposer.ProposeAsync(new Command { ReportDomain = report }, term, lost).ConfigureAwait(false);
        }
    }
}
