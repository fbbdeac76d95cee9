using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>
/// The operations of one register that may have happened, in the order of their beginnings. Values are numbered, from
/// <see cref="RegisterOperation.Absent"/> on.
/// </summary>
internal sealed class RegisterHistory
{
    private readonly List<int>?[] _producers;

    private RegisterHistory(IReadOnlyList<RegisterOperation> operations, int values)
    {
        (Operations, Values) = (operations, values);
        _producers = new List<int>?[values];
        for (int i = 0; i < operations.Count; i++)
        {
            if (!operations[i].IsRead)
            {
                (_producers[operations[i].Leaves] ??= []).Add(i);
            }
        }
    }

    public IReadOnlyList<RegisterOperation> Operations { get; }

    /// <summary>How many different values there are.</summary>
    public int Values { get; }

    /// <summary>Takes what was asked of one register. What failed, what is allowed to be stale and reads without an answer say nothing.</summary>
    public static RegisterHistory Of(IEnumerable<HistoryOperation> operations)
    {
        var numbers = new Dictionary<long, int>();
        var taken = new List<RegisterOperation>();
        foreach (HistoryOperation operation in operations)
        {
            bool isRead = operation.Request.Kind == RequestKind.Read;
            bool silent = operation.Outcome == Outcome.Fail
                || (isRead && (operation.Outcome != Outcome.Ok || operation.Request.Consistency == RequestedConsistency.Stale));
            if (!silent)
            {
                taken.Add(Translate(operation, numbers));
            }
        }

        return new RegisterHistory(taken, numbers.Count + 1);
    }

    /// <summary>Something was seen that nobody had begun to write by then: no search is needed to know that there is no order.</summary>
    public bool HasImpossibleValue => Operations.Any(operation =>
        operation is { IsRequired: true, IsBlind: false, Needs: not RegisterOperation.Absent }
        && !ProducersOf(operation.Needs).Any(place => Operations[place].Call < operation.Return));

    /// <summary>The operations that may leave a value, by their places.</summary>
    public IReadOnlyList<int> ProducersOf(int value) => _producers[value] ?? [];

    /// <summary>What was known when a line was written: later operations had not begun, and those under way might happen or not.</summary>
    public RegisterHistory UpTo(long line)
    {
        var known = new List<RegisterOperation>();
        foreach (RegisterOperation operation in Operations)
        {
            bool ended = operation.Return <= line;
            if (operation.Call <= line && (ended || !operation.IsRead))
            {
                known.Add(ended ? operation : operation with { Return = long.MaxValue });
            }
        }

        return new RegisterHistory(known, Values);
    }

    /// <summary>
    /// Some of the operations, weakened such that no order of them all exists if none of these does: a read is left out unless everything that may have
    /// left its value is there, and a compare-and-set becomes a plain write.
    /// </summary>
    /// <param name="kept">Which ones, by their places.</param>
    public RegisterHistory Only(bool[] kept)
    {
        var weakened = new List<RegisterOperation>();
        for (int i = 0; i < Operations.Count; i++)
        {
            RegisterOperation operation = Operations[i];
            if (!kept[i])
            {
                continue;
            }

            if (operation.IsBlind || ProducersOf(operation.Needs).All(producer => kept[producer]))
            {
                weakened.Add(operation);
            }
            else if (!operation.IsRead)
            {
                weakened.Add(operation with { Needs = RegisterOperation.None });
            }
        }

        return new RegisterHistory(weakened, Values);
    }

    private static RegisterOperation Translate(HistoryOperation operation, Dictionary<long, int> numbers)
    {
        (int needs, int leaves) = operation.Request.Value switch
        {
            NumberValue written => (RegisterOperation.None, Number(written.Number, numbers)),
            CasValue cas => (Number(cas.Expected, numbers), Number(cas.New, numbers)),
            _ => (Number((operation.Seen as NumberValue)?.Number, numbers), RegisterOperation.None),
        };
        return new RegisterOperation(needs, leaves, operation.InvokedAt, operation.EffectiveBy, operation);
    }

    private static int Number(long? value, Dictionary<long, int> numbers)
    {
        if (value is not { } present)
        {
            return RegisterOperation.Absent;
        }

        if (!numbers.TryGetValue(present, out int number))
        {
            numbers.Add(present, number = numbers.Count + 1);
        }

        return number;
    }
}
