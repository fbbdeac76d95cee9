using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>
/// Makes a history wrong in one place, such that no order of the key's operations can explain it: each method says why. All values are unique, which makes
/// that provable.
/// </summary>
internal sealed class AnomalyPlanter(TimedHistory history, Random random)
{
    private const long FreshValue = 1_000_000;

    private readonly List<TimedOperation> _operations = history.Operations;

    /// <summary>Plants one. Returns the key that is wrong now; <c>null</c> when the history has no place for it.</summary>
    public string? Plant(PlantedKind kind) => kind switch
    {
        PlantedKind.StaleRead => PlantOldValue(ReadsOf<NumberValue>(), read => read.Begin),
        PlantedKind.LostUpdate => PlantSecondReplacement(),
        PlantedKind.LostAppend => PlantLostAppend(),
        PlantedKind.SplitBrain => PlantFork(),
        PlantedKind.AppliedTwice => PlantDuplicate(),
        PlantedKind.Reordered => PlantSwap(),
        PlantedKind.Phantom => PlantPhantom(),
        PlantedKind.FailedWriteSeen => PlantFailedWrite(),
        PlantedKind.FutureRead => PlantFutureRead(),
        PlantedKind.WrongTotal => PlantWrongTotal(),
        PlantedKind.DifferentReplies => PlantOtherReply(),
        PlantedKind.TooStaleRegister => PlantOldValue(StaleReadsOf<NumberValue>(), read => read.Begin - read.Request.BoundNs!.Value),
        _ => PlantShortRead(),
    };

    /// <summary>
    /// One write ended before another began, and that ended before the read began (or longer ago than its bound): the second stands between the first and
    /// the read in every order, and nothing else writes the first one's value.
    /// </summary>
    private string? PlantOldValue(IEnumerable<TimedOperation> reads, Func<TimedOperation, long> mustKnowBefore)
    {
        var places =
            from read in reads
            from newer in ChangesOf(read.Request.Key)
            where newer.End < mustKnowBefore(read)
            from older in ChangesOf(read.Request.Key)
            where older.End < newer.Begin
            select (read, older);
        return PickPlace(places) is { } place ? Replace(place.read, place.read with { Seen = new NumberValue(Written(place.older)) }) : null;
    }

    /// <summary>A second compare-and-set replaced the same value, which was there once: whichever came first, the other did not find it.</summary>
    private string? PlantSecondReplacement()
    {
        if (Pick(_operations.Where(operation => IsOk(operation) && operation.Request.Kind == RequestKind.Cas)) is not { } first)
        {
            return null;
        }

        var cas = (CasValue)first.Request.Value!;
        _operations.Add(new TimedOperation(ClientRequest.Cas(first.Request.Key, cas.Expected, FreshValue), first.Begin + 1) { End = first.End + 1 });
        return first.Request.Key;
    }

    /// <summary>No read sees an acknowledged append any more, not even the final one, which began after its end.</summary>
    private string? PlantLostAppend()
    {
        if (Pick(OkAppends()) is not { } append)
        {
            return null;
        }

        long lost = Written(append);
        ChangeReads(append.Request.Key, seen => [.. seen.Where(element => element != lost)]);
        return append.Request.Key;
    }

    /// <summary>Two reads each see another new element in the place behind what they saw before: they cannot be of one list.</summary>
    private string? PlantFork()
    {
        if (Pick(ReadsOf<ListValue>()) is not { } one
            || Pick(ReadsOf<ListValue>().Where(read => read != one && read.Request.Key == one.Request.Key)) is not { } other)
        {
            return null;
        }

        string key = one.Request.Key;
        long end = Math.Max(one.End!.Value, other.End!.Value);
        _operations.Add(new TimedOperation(ClientRequest.Append(key, FreshValue), 1) { End = end + 1 });
        _operations.Add(new TimedOperation(ClientRequest.Append(key, FreshValue + 1), 2) { End = end + 2 });
        Replace(one, one with { Seen = new ListValue([.. Elements(one), FreshValue]) });
        return Replace(other, other with { Seen = new ListValue([.. Elements(other), FreshValue + 1]) });
    }

    /// <summary>An element comes once more, later in the list; it was appended once.</summary>
    private string? PlantDuplicate()
    {
        if (Pick(Longest()) is not { } longest || Elements(longest).Count < 2)
        {
            return null;
        }

        int place = random.Next(1, Elements(longest).Count + 1);
        long twice = Elements(longest)[random.Next(place)];
        ChangeReads(longest.Request.Key, seen => seen.Count < place ? [.. seen] : [.. seen.Take(place), twice, .. seen.Skip(place)]);
        return longest.Request.Key;
    }

    /// <summary>
    /// Of two neighbours, the first was acknowledged before the second one's append began; now all reads that see both see them the other way round.
    /// </summary>
    private string? PlantSwap()
    {
        var places =
            from longest in Longest()
            from i in Enumerable.Range(0, Math.Max(0, Elements(longest).Count - 1))
            where _operations.All(read => read.Request.Key != longest.Request.Key || read.Seen is not ListValue seen || seen.Elements.Count != i + 1)
            from first in OkAppends()
            where Written(first) == Elements(longest)[i]
            from second in _operations.Where(operation => operation.Request is { Kind: RequestKind.Append, Session: null })
            where Written(second) == Elements(longest)[i + 1] && first.End < second.Begin
            select (longest.Request.Key, i);
        if (PickPlace(places) is not { } place)
        {
            return null;
        }

        ChangeReads(
            place.Key,
            seen => seen.Count < place.i + 2 ? [.. seen] : [.. seen.Take(place.i), seen[place.i + 1], seen[place.i], .. seen.Skip(place.i + 2)]);
        return place.Key;
    }

    /// <summary>A read sees what nobody wrote.</summary>
    private string? PlantPhantom()
    {
        TimedOperation? read = Pick(ReadsOf<NumberValue>().Concat(ReadsOf<ListValue>()));
        return read is null ? null : Replace(read, read with { Seen = SeenAlso(read, FreshValue) });
    }

    /// <summary>A read sees what was refused.</summary>
    private string? PlantFailedWrite()
    {
        var places =
            from failed in _operations
            where failed is { EndType: EventType.Fail, Request: { Value: NumberValue or CasValue, Session: null } }
            from read in ReadsOf<NumberValue>().Concat(ReadsOf<ListValue>())
            where read.Request.Key == failed.Request.Key && failed.Begin < read.Begin
            select (read, failed);
        return PickPlace(places) is { } place ? Replace(place.read, place.read with { Seen = SeenAlso(place.read, Written(place.failed)) }) : null;
    }

    /// <summary>A read sees what was only written after its end.</summary>
    private string? PlantFutureRead()
    {
        var places =
            from read in ReadsOf<NumberValue>().Concat(ReadsOf<ListValue>())
            from write in _operations
            where write.Request is { Value: NumberValue or CasValue, Session: null } && write.Request.Key == read.Request.Key && write.Begin > read.End
            select (read, write);
        return PickPlace(places) is { } place ? Replace(place.read, place.read with { Seen = SeenAlso(place.read, Written(place.write)) }) : null;
    }

    /// <summary>One account has more than it can, and the others do not have less.</summary>
    private string? PlantWrongTotal()
    {
        if (Pick(ReadsOf<BalancesValue>()) is not { } read)
        {
            return null;
        }

        Dictionary<string, long> balances = new(((BalancesValue)read.Seen!).Balances);
        balances["b"] += 1 + random.Next(50);
        return Replace(read, read with { Seen = new BalancesValue(balances) });
    }

    /// <summary>One more attempt of a command is told something else.</summary>
    private string? PlantOtherReply()
    {
        if (Pick(_operations.Where(operation => IsOk(operation) && operation.Reply is not null)) is not { } told)
        {
            return null;
        }

        ClientRequest again = told.Request with { Session = told.Request.Session! with { Attempt = 9 } };
        _operations.Add(told with { Process = null, Begin = told.Begin + 1, End = told.End + 1, Reply = "index 99999", Request = again });
        return told.Request.Key;
    }

    /// <summary>A stale read misses an element that was acknowledged longer ago than its bound.</summary>
    private string? PlantShortRead()
    {
        var places =
            from read in StaleReadsOf<ListValue>()
            from append in OkAppends()
            where append.Request.Key == read.Request.Key && append.End < read.Begin - read.Request.BoundNs && Elements(read).Contains(Written(append))
            select (read, append);
        if (PickPlace(places) is not { } place)
        {
            return null;
        }

        long[] before = [.. Elements(place.read).TakeWhile(element => element != Written(place.append))];
        return Replace(place.read, place.read with { Seen = new ListValue(before) });
    }

    private TimedOperation? Pick(IEnumerable<TimedOperation> choices)
    {
        TimedOperation[] all = [.. choices];
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }

    private T? PickPlace<T>(IEnumerable<T> choices)
        where T : struct
    {
        T[] all = [.. choices];
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }

    private string Replace(TimedOperation old, TimedOperation changed)
    {
        _operations[_operations.IndexOf(old)] = changed;
        return changed.Request.Key;
    }

    private void ChangeReads(string key, Func<IReadOnlyList<long>, IReadOnlyList<long>> change)
    {
        for (int i = 0; i < _operations.Count; i++)
        {
            if (_operations[i].Request.Key == key && _operations[i].Seen is ListValue seen)
            {
                _operations[i] = _operations[i] with { Seen = new ListValue(change(seen.Elements)) };
            }
        }
    }

    private IEnumerable<TimedOperation> ReadsOf<T>()
        where T : HistoryValue => OkReadsOf<T>().Where(read => read.Request.Consistency != RequestedConsistency.Stale);

    private IEnumerable<TimedOperation> StaleReadsOf<T>()
        where T : HistoryValue => OkReadsOf<T>().Where(read => read.Request.Consistency == RequestedConsistency.Stale);

    private IEnumerable<TimedOperation> OkReadsOf<T>()
        where T : HistoryValue => _operations.Where(operation => IsOk(operation) && operation.Seen is T);

    /// <summary>The longest linearizable read of each list.</summary>
    private IEnumerable<TimedOperation> Longest() =>
        ReadsOf<ListValue>().GroupBy(read => read.Request.Key).Select(reads => reads.MaxBy(read => Elements(read).Count)!);

    private IEnumerable<TimedOperation> OkAppends() =>
        _operations.Where(operation => IsOk(operation) && operation.Request is { Kind: RequestKind.Append, Session: null });

    /// <summary>Acknowledged changes of a register, each of one attempt.</summary>
    private IEnumerable<TimedOperation> ChangesOf(string key) => _operations.Where(operation =>
        IsOk(operation) && operation.Request is { Kind: RequestKind.Write or RequestKind.Cas, Session: null } && operation.Request.Key == key);

    private static bool IsOk(TimedOperation operation) => operation is { EndType: EventType.Ok, End: not null };

    private static HistoryValue SeenAlso(TimedOperation read, long value) =>
        read.Seen is ListValue list ? new ListValue([.. list.Elements, value]) : new NumberValue(value);

    private static IReadOnlyList<long> Elements(TimedOperation read) => ((ListValue)read.Seen!).Elements;

    private static long Written(TimedOperation operation) => operation.Request.Value switch
    {
        NumberValue number => number.Number,
        CasValue cas => cas.New,
        _ => throw new ArgumentException("It writes nothing.", nameof(operation)),
    };
}
