using NexaLoak.Orchestrator.Dns;

namespace NexaLoak.Tests.Reconciliation;

/// <summary>A domain in memory with a journal, whose requests fail as a test says.</summary>
internal sealed class ScriptedDomain : IServiceDomain
{
    private readonly Lock _gate = new();
    private readonly List<DomainRecord> _records = [];
    private readonly List<DomainWrite> _writes = [];
    private int _ids;
    private int _lists;

    /// <summary>Faults of the next listings and writes, in order.</summary>
    public Queue<DomainFault> ListFaults { get; } = new();

    public Queue<DomainFault> WriteFaults { get; } = new();

    /// <summary>Called when a write arrives.</summary>
    public Action OnWrite { get; set; } = () => { };

    public int Lists => Volatile.Read(ref _lists);

    public IReadOnlyList<DomainWrite> Writes
    {
        get
        {
            lock (_gate)
            {
                return [.. _writes];
            }
        }
    }

    public IReadOnlyList<DomainRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public IReadOnlyList<string> Addresses => [.. Records.Select(record => record.Address).Order(StringComparer.Ordinal)];

    public DomainRecord Add(string address, RecordOwner? owner)
    {
        lock (_gate)
        {
            var record = new DomainRecord($"r{++_ids}", address, owner);
            _records.Add(record);
            return record;
        }
    }

    public void Remove(string recordId)
    {
        lock (_gate)
        {
            _records.RemoveAll(record => record.Id == recordId);
        }
    }

    public async Task<IReadOnlyList<DomainRecord>> ListAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lists);
        await FailAsync(Next(ListFaults), cancellationToken);
        return Records;
    }

    public Task AssignAsync(string address, RecordOwner owner, CancellationToken cancellationToken) => WriteAsync(
        applied => new DomainWrite("assign", address, "", owner.Term, applied),
        () =>
        {
            if (Records.All(record => record.Address != address))
            {
                Add(address, owner);
            }
        },
        cancellationToken);

    public Task UnassignAsync(DomainRecord record, ulong term, CancellationToken cancellationToken) => WriteAsync(
        applied => new DomainWrite("unassign", record.Address, record.Id, term, applied), () => Remove(record.Id), cancellationToken);

    private async Task WriteAsync(Func<bool, DomainWrite> entry, Action effect, CancellationToken cancellationToken)
    {
        OnWrite();
        DomainFault? fault = Next(WriteFaults);
        bool applied = fault?.IsApplied ?? true;
        lock (_gate)
        {
            _writes.Add(entry(applied));
        }

        if (applied)
        {
            effect();
        }

        await FailAsync(fault, cancellationToken);
    }

    private DomainFault? Next(Queue<DomainFault> faults)
    {
        lock (_gate)
        {
            return faults.TryDequeue(out DomainFault? fault) ? fault : null;
        }
    }

    private static async Task FailAsync(DomainFault? fault, CancellationToken cancellationToken)
    {
        if (fault is { Failure: { } failure })
        {
            throw failure;
        }

        if (fault is not null)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
