using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>Says which value of a register is older than another one, as far as real time tells for certain.</summary>
internal sealed class RegisterAges
{
    private readonly Dictionary<long, (long FirstCall, long LastEffect)> _values = [];
    private readonly List<(long Line, long TimeNs, HistoryOperation Change)> _known = [];
    private readonly List<HistoryOperation> _newest = [];

    /// <summary>Takes what was asked of one register.</summary>
    public RegisterAges(IReadOnlyList<HistoryOperation> operations)
    {
        Dictionary<long, ClientEvent> firstSeen = FirstSeen(operations);
        HistoryOperation[] changes = [.. operations.Where(operation => operation.Request.Value is not null && operation.Outcome != Outcome.Fail)];
        foreach (IGrouping<long, HistoryOperation> value in changes.GroupBy(Written))
        {
            HistoryOperation[] producers = [.. value];
            ClientEvent? seen = producers.Length == 1 ? firstSeen.GetValueOrDefault(value.Key) : null;
            long lastEffect = 0;
            foreach (HistoryOperation producer in producers)
            {
                ClientEvent? end = Earlier(producer.Outcome == Outcome.Ok ? producer.Completion : null, seen);
                lastEffect = Math.Max(lastEffect, end?.Index ?? long.MaxValue);
                if (end is not null)
                {
                    _known.Add((end.Index, end.TimeNs, producer));
                }
            }

            _values.Add(value.Key, (producers.Min(producer => producer.InvokedAt), lastEffect));
        }

        _known.Sort((left, right) => left.Line.CompareTo(right.Line));
        foreach ((_, _, HistoryOperation change) in _known)
        {
            _newest.Add(_newest.Count > 0 && _newest[^1].InvokedAt > change.InvokedAt ? _newest[^1] : change);
        }
    }

    /// <summary>Of the changes that were known before a line, the one that began last; <c>null</c> when none was.</summary>
    public HistoryOperation? NewestBeforeLine(long line) => Newest(known => known.Line < line);

    /// <summary>Of the changes that were known before a time, the one that began last; <c>null</c> when none was.</summary>
    public HistoryOperation? NewestBeforeTime(long timeNs) => Newest(known => known.TimeNs < timeNs);

    /// <summary>The register held this value before a change, and never after it.</summary>
    public bool IsOlder(long? value, HistoryOperation change) =>
        value is not { } present || (_values.TryGetValue(present, out var found) && found.LastEffect < change.InvokedAt);

    /// <summary>The register held one value before it ever held the other, and never after.</summary>
    public bool IsOlder(long? value, long? other) =>
        value != other && other is { } later && _values.TryGetValue(later, out var found)
        && (value is not { } present || (_values.TryGetValue(present, out var old) && old.LastEffect < found.FirstCall));

    /// <summary>A request may have left this value by a line.</summary>
    public bool MayHold(long? value, long line) => value is not { } present || (_values.TryGetValue(present, out var found) && found.FirstCall < line);

    private HistoryOperation? Newest(Predicate<(long Line, long TimeNs, HistoryOperation Change)> before)
    {
        (int low, int high) = (0, _known.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = before(_known[middle]) ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? null : _newest[low - 1];
    }

    private static ClientEvent? Earlier(ClientEvent? one, ClientEvent? other) =>
        one is null || (other is not null && other.Index < one.Index) ? other : one;

    /// <summary>The end of the first linearizable read that saw each value.</summary>
    private static Dictionary<long, ClientEvent> FirstSeen(IReadOnlyList<HistoryOperation> operations)
    {
        var first = new Dictionary<long, ClientEvent>();
        foreach (HistoryOperation read in operations.Where(operation => operation.Request.Consistency != RequestedConsistency.Stale))
        {
            if (read.Seen is NumberValue seen && (!first.TryGetValue(seen.Number, out ClientEvent? known) || read.Completion!.Index < known.Index))
            {
                first[seen.Number] = read.Completion!;
            }
        }

        return first;
    }

    private static long Written(HistoryOperation operation) => operation.Request.Value switch
    {
        NumberValue number => number.Number,
        CasValue cas => cas.New,
        _ => throw new ArgumentException("Not an operation on a register.", nameof(operation)),
    };
}
