using NUnit.Framework;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Checking.Registers;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>The search agrees with all orders tried one by one, on tiny histories of every kind.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RegisterOracleTests
{
    /// <summary>Few values make histories that many orders fit; many values make histories that hang on one order.</summary>
    [TestCase(6, 2, 20_000)]
    [TestCase(6, 4, 10_000)]
    [TestCase(9, 3, 4_000)]
    [TestCase(11, 8, 2_000)]
    public void The_search_agrees_with_trying_all_orders(int operations, int values, int histories)
    {
        (int good, int bad) = (0, 0);
        for (int seed = 0; seed < histories; seed++)
        {
            History history = Draw(new Random((operations * 1_000_003) + (values * 100_003) + seed), operations, values);
            bool expected = RegisterOracle.HasOrder(history.Operations);
            CheckResult found = new RegisterLinearizability(100_000).Check(history);

            Assert.That(found.Verdict, Is.EqualTo(expected ? Verdict.Valid : Verdict.Invalid), () => Text(seed, history.Operations));
            (good, bad) = expected ? (good + 1, bad) : (good, bad + 1);
            if (!expected)
            {
                IReadOnlyList<HistoryOperation> shown = found.Findings.Single().Operations;
                Assert.That(RegisterOracle.HasOrder(shown), Is.False, () => $"{found.Findings[0].Message}: {Text(seed, shown)}");
            }
        }

        Assert.That(Math.Min(good, bad), Is.GreaterThan(histories / 20), "Too one-sided to prove anything.");
    }

    [Test]
    public void A_counter_example_cannot_do_without_any_of_its_operations()
    {
        int examples = 0;
        for (int seed = 0; examples < 500; seed++)
        {
            RegisterHistory history = RegisterHistory.Of(Draw(new Random(seed), 10, 12).Operations);
            if (RegisterSearch.Run(history, new SearchBudget(100_000)) == Verdict.Invalid)
            {
                examples++;
                RegisterHistory example = new CounterExample(new SearchBudget(100_000)).Reduce(history);
                for (int i = 0; i < example.Operations.Count; i++)
                {
                    bool[] others = [.. Enumerable.Range(0, example.Operations.Count).Select(place => place != i)];
                    Verdict without = RegisterSearch.Run(example.Only(others), new SearchBudget(100_000));
                    Assert.That(without, Is.EqualTo(Verdict.Valid), $"seed {seed}, without {i}");
                }
            }
        }
    }

    private static History Draw(Random random, int operations, int values)
    {
        var history = new TimedHistory();
        bool isCrowded = random.Next(2) == 0;
        long? held = null;
        for (int i = 0; i < operations; i++)
        {
            TimedOperation drawn = DrawOperation(random, values, ref held);
            int length = isCrowded || random.Next(3) == 0 ? random.Next(operations) : random.Next(3);
            history.Operations.Add(drawn with { Begin = i, End = random.Next(8) == 0 ? null : i + length });
        }

        return Separate(history).Build();
    }

    /// <summary>No two moments are the same.</summary>
    private static TimedHistory Separate(TimedHistory history)
    {
        int count = history.Operations.Count;
        var taken = new HashSet<long>();
        long Free(long wanted)
        {
            while (!taken.Add(wanted))
            {
                wanted++;
            }

            return wanted;
        }

        return new TimedHistory
        {
            Operations =
            [
                .. history.Operations.Select(operation =>
                {
                    long begin = Free(operation.Begin * count);
                    return operation with { Begin = begin, End = operation.End is { } end ? Free(Math.Max(end * count, begin + 1)) : null };
                }),
            ],
        };
    }

    private static EventType DrawEnd(Random random) => random.Next(10) switch
    {
        0 => EventType.Info,
        1 => EventType.Fail,
        _ => EventType.Ok,
    };

    /// <summary>An operation that mostly fits what the register holds if all took effect one after the other.</summary>
    private static TimedOperation DrawOperation(Random random, int values, ref long? held)
    {
        long value = random.Next(values);
        long? seen = random.Next(5) > 0 ? held : random.Next(5) == 0 ? null : random.Next(values);
        EventType end = DrawEnd(random);
        ClientRequest request = random.Next(3) switch
        {
            0 => ClientRequest.Write("k", value),
            1 => ClientRequest.Cas("k", seen, value),
            _ => ClientRequest.Read("k"),
        };
        held = request.Value is not null && end != EventType.Fail && (end == EventType.Ok || random.Next(2) == 0) ? value : held;
        return new TimedOperation(request, 0)
        {
            EndType = end,
            Seen = request.Value is null && seen is { } number ? new NumberValue(number) : null,
        };
    }

    private static string Text(int seed, IEnumerable<HistoryOperation> operations) => string.Join(
        '\n', operations.Select(operation => OperationText.Of(operation)).Prepend($"seed {seed}"));
}
