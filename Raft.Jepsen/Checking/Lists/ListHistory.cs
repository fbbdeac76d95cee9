using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Lists;

/// <summary>What was asked of one list. Its longest read says in which order elements came, if all reads tell the truth.</summary>
internal sealed class ListHistory
{
    private readonly Dictionary<long, HistoryOperation> _appends = [];
    private readonly Dictionary<long, int> _positions = [];

    public ListHistory(string key, IEnumerable<HistoryOperation> operations)
    {
        Key = key;
        foreach (HistoryOperation operation in operations)
        {
            if (operation.Request.Value is NumberValue element)
            {
                _appends.Add(element.Number, operation);
            }
            else if (operation.Outcome == Outcome.Ok)
            {
                (operation.Request.Consistency == RequestedConsistency.Stale ? StaleReads : Reads).Add(operation);
            }
        }

        Longest = Reads.MaxBy(read => Seen(read).Count) ?? StaleReads.MaxBy(read => Seen(read).Count);
        Order = Longest is null ? [] : Seen(Longest);
        for (int i = 0; i < Order.Count; i++)
        {
            _positions.TryAdd(Order[i], i);
        }
    }

    public string Key { get; }

    /// <summary>Successful reads that promise to be linearizable.</summary>
    public List<HistoryOperation> Reads { get; } = [];

    /// <summary>Successful reads that do not.</summary>
    public List<HistoryOperation> StaleReads { get; } = [];

    /// <summary>The read that saw most, if there was any; a linearizable one, if there was such.</summary>
    public HistoryOperation? Longest { get; }

    /// <summary>What it saw.</summary>
    public IReadOnlyList<long> Order { get; }

    /// <summary>All appends, also those that failed.</summary>
    public IEnumerable<HistoryOperation> Appends => _appends.Values;

    public static IReadOnlyList<long> Seen(HistoryOperation read) => (read.Seen as ListValue)?.Elements ?? [];

    public static long ElementOf(HistoryOperation append) => ((NumberValue)append.Request.Value!).Number;

    public HistoryOperation? AppendOf(long element) => _appends.GetValueOrDefault(element);

    /// <summary>Place of an element in the order, from 0; <c>null</c> when it is not there.</summary>
    public int? PositionOf(long element) => _positions.TryGetValue(element, out int position) ? position : null;

    /// <summary>One of a read and the order begins with all of the other.</summary>
    public bool FitsOrder(HistoryOperation read) => Fit(Seen(read), Order);

    /// <summary>One of two lists begins with all of the other.</summary>
    public static bool Fit(IReadOnlyList<long> one, IReadOnlyList<long> other)
    {
        int common = Math.Min(one.Count, other.Count);
        for (int i = 0; i < common; i++)
        {
            if (one[i] != other[i])
            {
                return false;
            }
        }

        return true;
    }
}
