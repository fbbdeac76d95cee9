using System.Collections.Immutable;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;

namespace NexaLoak.Orchestrator.Reconciliation;

/// <summary>The records of the domain, sorted into ours and others'.</summary>
internal sealed class DomainContent
{
    /// <summary>Id of a record that was added but whose real id is not known before the next listing.</summary>
    public const string NotListedYet = "";

    private readonly string _cluster;
    private readonly ImmutableArray<DomainRecord> _records;

    /// <summary>Sorts a listing.</summary>
    public DomainContent(string cluster, IEnumerable<DomainRecord> records)
    {
        _cluster = cluster;
        _records = [.. records];
        Owned =
        [
            .. _records.Where(IsOwned)
                .OrderBy(record => record.Address, StringComparer.Ordinal)
                .ThenByDescending(record => record.Owner!.Term)
                .ThenBy(record => record.Id, StringComparer.Ordinal),
        ];
        Foreign = [.. _records.Where(record => !IsOwned(record))];
    }

    /// <summary>The records of this cluster, by address, the newest first among those of one address.</summary>
    public ImmutableArray<DomainRecord> Owned { get; }

    /// <summary>All others: never touched.</summary>
    public ImmutableArray<DomainRecord> Foreign { get; }

    /// <summary>The content after a change that has been made.</summary>
    public DomainContent After(DomainChange change, ulong term)
    {
        if (change.Record is { } deleted)
        {
            return new DomainContent(_cluster, _records.Where(record => record.Id != deleted.Id));
        }

        var owner = new RecordOwner(_cluster, change.Subject.Node, term);
        return new DomainContent(_cluster, _records.Add(new DomainRecord(NotListedYet, change.Subject.Address, owner)));
    }

    /// <summary>True when the domain is as the operation wanted it.</summary>
    public bool Shows(OperationSubject subject) => subject.Kind == OperationKind.AssignIp
        ? Owned.Any(record => record.Address == subject.Address)
        : _records.All(record => record.Id != subject.RecordId);

    // A record that names us but not a node or host as we write them was not written by us.
    private bool IsOwned(DomainRecord record) => record.Owner is { } owner
        && owner.Cluster == _cluster
        && FleetRules.IsName(owner.Node)
        && FleetRules.IsAddress(record.Address);
}
