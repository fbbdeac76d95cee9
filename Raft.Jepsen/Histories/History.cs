namespace Raft.Jepsen.Histories;

/// <summary>What clients asked and were told, and what was done to the cluster meanwhile.</summary>
internal sealed class History
{
    private readonly IReadOnlyDictionary<string, KeyKind> _kinds;

    /// <summary>Takes the lines of a history, in order.</summary>
    /// <exception cref="HistoryFormatException">They are not the history of processes with one open operation each.</exception>
    public History(IReadOnlyList<HistoryEvent> events)
    {
        Events = events;
        var pairing = new OperationPairing();
        Operations = pairing.Pair(events);
        _kinds = pairing.Kinds;
        Banks = events.OfType<BankOpenedEvent>().ToDictionary(bank => bank.Bank);
        FinalReadsFrom = events.OfType<FinalReadsEvent>().FirstOrDefault()?.Index;
    }

    public IReadOnlyList<HistoryEvent> Events { get; }

    /// <summary>All operations, in the order of their beginnings.</summary>
    public IReadOnlyList<HistoryOperation> Operations { get; }

    /// <summary>What the banks held in the beginning, by key.</summary>
    public IReadOnlyDictionary<string, BankOpenedEvent> Banks { get; }

    /// <summary>Reads that begin behind this line are final reads; <c>null</c> when there are none.</summary>
    public long? FinalReadsFrom { get; }

    /// <summary>What a key stands for; a register when only reads tell of it, and found it absent.</summary>
    public KeyKind KindOf(string key) => _kinds.GetValueOrDefault(key, KeyKind.Register);
}
