using System.Collections.Immutable;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Commands about the domain as a whole.</summary>
internal static class DomainCommands
{
    /// <summary>The leader tells what it found in the domain, and what keeps it from changing it.</summary>
    public static Transition Report(FleetData fleet, ReportDomain report, CommandOrigin origin)
    {
        if (!FleetRules.IsText(report.Frozen) || !FleetRules.IsText(report.Error))
        {
            return Transition.Refused(fleet, $"A reason is one line of at most {FleetLimits.TextLength} characters.");
        }

        if (report.Listing is null)
        {
            return Transition.Accepted(fleet with { Domain = fleet.Domain with { Frozen = report.Frozen, Error = report.Error } });
        }

        if (Published(report.Listing) is not { } published)
        {
            return Transition.Refused(fleet, "The listing holds a malformed record, an address twice, or too many records.");
        }

        return Transition.Accepted(fleet with
        {
            Published = published,
            Domain = new DomainStatus(origin.TimeUnixMs, report.Frozen, report.Error),
        });
    }

    private static ImmutableSortedDictionary<string, PublishedAddress>? Published(DomainListing listing)
    {
        if (listing.Published.Count > FleetLimits.PublishedAddresses)
        {
            return null;
        }

        ImmutableSortedDictionary<string, PublishedAddress>.Builder published = FleetData.Empty.Published.ToBuilder();
        foreach (PublishedRecord record in listing.Published)
        {
            if (!FleetRules.IsAddress(record.Address) || !FleetRules.IsName(record.Node) || published.ContainsKey(record.Address))
            {
                return null;
            }

            published.Add(record.Address, new PublishedAddress(record.Node, record.Term));
        }

        return published.ToImmutable();
    }
}
