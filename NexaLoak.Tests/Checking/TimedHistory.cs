using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>Makes a history of operations with made-up times, all different; a time is also the number of nanoseconds.</summary>
internal sealed class TimedHistory
{
    public List<TimedOperation> Operations { get; init; } = [];

    /// <summary>When the final reads begin, if they do.</summary>
    public long? FinalReads { get; set; }

    /// <summary>Banks that are open from the beginning.</summary>
    public List<(string Bank, Dictionary<string, long> Balances, bool Overdraft)> Banks { get; } = [];

    public History Build()
    {
        long fresh = Operations.Max(operation => operation.Process) + 1 ?? 0;
        var moments = new SortedDictionary<long, Func<long, long, HistoryEvent>>();
        for (int i = 0; i < Banks.Count; i++)
        {
            var bank = Banks[i];
            moments.Add(i - Banks.Count, (index, _) => new BankOpenedEvent(index, 0, bank.Bank, new BalancesValue(bank.Balances), bank.Overdraft));
        }

        foreach (TimedOperation operation in Operations)
        {
            AddMoments(moments, operation, operation.Process ?? fresh++);
        }

        if (FinalReads is { } final)
        {
            moments.Add(final, (index, time) => new FinalReadsEvent(index, time));
        }

        return new History([.. moments.Select((moment, index) => moment.Value(index, moment.Key))]);
    }

    private static void AddMoments(SortedDictionary<long, Func<long, long, HistoryEvent>> moments, TimedOperation operation, long process)
    {
        moments.Add(operation.Begin, (index, time) => new ClientEvent(index, time, process, EventType.Invoke, operation.Request));
        if (operation.End is { } end)
        {
            bool ok = operation.EndType == EventType.Ok;
            moments.Add(end, (index, time) => new ClientEvent(index, time, process, operation.EndType, operation.Request)
            {
                Seen = ok ? operation.Seen : null,
                Reply = operation.Reply,
                NodeRun = operation.NodeRun,
            });
        }
    }
}
