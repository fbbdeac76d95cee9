using System.Collections.Immutable;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>
/// Compares the domain with the fleet. A pure function: healthy nodes get a record, crashed ones lose it, nodes without a verdict keep what they
/// have. Records of others are never touched, and the domain is never emptied.
/// </summary>
internal static class DomainPlanner
{
    /// <summary>What is to be changed now. Applying all changes to the content gives a plan without changes.</summary>
    public static DomainPlan Plan(FleetData fleet, DomainContent content, PlanContext context)
    {
        DomainRecord? newer = content.Owned.FirstOrDefault(record => record.Owner!.Term > context.Term);
        if (newer is not null)
        {
            return new DomainPlan([], NewerTerm(newer, context), []);
        }

        ImmutableArray<DomainRecord> kept = [.. content.Owned.DistinctBy(record => record.Address)];
        List<FleetNode> missing = [.. fleet.Nodes.Values.Where(node => Serves(fleet, node) && kept.All(record => record.Address != node.Address))];
        List<FleetNode> claimed = [.. missing.Where(node => content.Foreign.Any(record => record.Address == node.Address))];
        List<DomainChange> assigned = [.. Due(missing.Except(claimed).Select(DomainChange.Assign), context)];
        List<DomainChange> duplicates = [.. content.Owned.Except(kept).Select(record => Unassign(record, UnassignReason.Duplicate))];

        (IEnumerable<DomainChange> removed, string frozen) = Removals(fleet, kept, duplicates, assigned.Count, context);
        return new DomainPlan(
            [.. assigned, .. Due(duplicates, context), .. removed],
            frozen,
            [.. claimed.Select(Claimed), .. Lingering(fleet, content)]);
    }

    private static (IEnumerable<DomainChange> Removed, string Frozen) Removals(
        FleetData fleet, ImmutableArray<DomainRecord> kept, List<DomainChange> duplicates, int assigned, PlanContext context)
    {
        List<DomainRecord> stale = [.. kept.Where(record => fleet.NodeByAddress(record.Address) is null)];
        List<DomainRecord> crashed = [.. kept.Where(record => fleet.NodeByAddress(record.Address)?.Health == NodeHealth.Crashed)];
        if (stale.Count + crashed.Count == 0)
        {
            return ([], "");
        }

        int serving = assigned + kept.Count(record => fleet.NodeByAddress(record.Address) is { } node && Serves(fleet, node));
        if (serving == 0)
        {
            return ([], $"Removing {Addresses([.. stale, .. crashed])} would leave the domain without a single address that serves.");
        }

        int judged = fleet.Nodes.Values.Count(node => node.Health != NodeHealth.Unknown);
        int minimum = Math.Max(1, (int)Math.Ceiling(context.MinPublishedShare * judged));
        int removable = Math.Clamp(kept.Length - stale.Count + assigned - minimum, 0, crashed.Count);

        // The last record of an address goes last, so that "unassigned" means that the address is gone.
        HashSet<string> waiting = [.. duplicates.Where(change => context.Deferred.Contains(change.Subject)).Select(change => change.Subject.Address)];
        IEnumerable<DomainChange> removed = [.. Ready(stale, UnassignReason.Stale), .. Ready(crashed, UnassignReason.Crashed).Take(removable)];
        return (removed, removable == crashed.Count ? "" : TooMany(crashed, removable, minimum));

        IEnumerable<DomainChange> Ready(List<DomainRecord> records, UnassignReason reason) =>
            Due(records.Where(record => !waiting.Contains(record.Address)).Select(record => Unassign(record, reason)), context);
    }

    // Healthy by the leader's verdict, and no majority says that the service is down at this moment.
    private static bool Serves(FleetData fleet, FleetNode node) =>
        node.Health == NodeHealth.Healthy && ServiceElectorate.Judge(fleet, node.Name) != ServiceState.Down;

    private static DomainChange Unassign(DomainRecord record, UnassignReason reason) => DomainChange.Unassign(record, record.Owner!, reason);

    private static IEnumerable<DomainChange> Due(IEnumerable<DomainChange> changes, PlanContext context) =>
        changes.Where(change => !context.Deferred.Contains(change.Subject));

    private static IEnumerable<string> Lingering(FleetData fleet, DomainContent content) => content.Foreign
        .Where(record => fleet.NodeByAddress(record.Address)?.Health == NodeHealth.Crashed)
        .Select(record => $"{record.Address} of a crashed node stays in the domain: record {record.Id} is not ours. Delete it by hand.");

    private static string Claimed(FleetNode node) =>
        $"{node.Address} of {node.Name} is in a record that is not ours, which stays as it is. "
        + "Delete it by hand to let the fleet manage the address.";

    private static string NewerTerm(DomainRecord record, PlanContext context) =>
        $"Record {record.Id} ({record.Address}) was written in term {record.Owner!.Term}, this is term {context.Term}: either this node is no longer "
        + $"the leader, or another fleet calls itself {context.Cluster} too. If this fleet's data was lost, delete its old records by hand.";

    private static string TooMany(List<DomainRecord> crashed, int removable, int minimum) =>
        $"{crashed.Count} published nodes are judged crashed, but at least {minimum} addresses stay in the domain: {crashed.Count - removable} of "
        + $"{Addresses(crashed)} held back.";

    private static string Addresses(IEnumerable<DomainRecord> records) => string.Join(", ", records.Select(record => record.Address));
}
