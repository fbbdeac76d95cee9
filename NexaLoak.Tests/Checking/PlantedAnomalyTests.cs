using NUnit.Framework;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>On a thousand histories, half of them made wrong in one place, the checkers agree with what is known of each.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class PlantedAnomalyTests
{
    private const int Histories = 500;

    [Test]
    public void Histories_of_a_right_store_are_valid()
    {
        (int failed, int unknown) = (0, 0);
        for (int seed = 0; seed < Histories; seed++)
        {
            History history = StoreSimulation.Run(seed, Size(seed)).Build();

            Assert.That(Text(new HistoryChecker().Check(history)), Is.Empty, $"seed {seed}");
            failed += history.Operations.Count(operation => operation.Outcome == Outcome.Fail);
            unknown += history.Operations.Count(operation => operation.Outcome == Outcome.Unknown);
        }

        Assert.That(Math.Min(failed, unknown), Is.GreaterThan(Histories), "Histories without failures and unknown outcomes show little.");
    }

    [Test]
    public void Histories_that_were_made_wrong_are_invalid()
    {
        PlantedKind[] kinds = Enum.GetValues<PlantedKind>();
        for (int i = 0; i < Histories; i++)
        {
            PlantedKind kind = kinds[i % kinds.Length];
            (TimedHistory history, string key) = Plant(kind, i);
            HistoryVerdict verdict = new HistoryChecker().Check(history.Build());

            Assert.That(verdict.Verdict, Is.EqualTo(Verdict.Invalid), $"{kind} of {key}, number {i}");
            Assert.That(verdict.Results.SelectMany(result => result.Findings).Select(finding => finding.Key), Is.All.EqualTo(key), $"{kind}, number {i}");
        }
    }

    /// <summary>Draws histories until one has a place for it.</summary>
    private static (TimedHistory History, string Key) Plant(PlantedKind kind, int number)
    {
        for (int attempt = 0; ; attempt++)
        {
            int seed = 1_000_000 + (number * 1000) + attempt;
            TimedHistory history = StoreSimulation.Run(seed, Size(seed));
            if (new AnomalyPlanter(history, new Random(seed)).Plant(kind) is { } key)
            {
                return (history, key);
            }

            Assert.That(attempt, Is.LessThan(999), $"No history has a place for {kind}.");
        }
    }

    private static int Size(int seed) => 30 + (seed % 120);

    private static IEnumerable<string> Text(HistoryVerdict verdict) => verdict.Results.SelectMany(result => result.Undecided.Concat(
        result.Findings.Select(found => string.Join('\n', found.Operations.Select(OperationText.Of).Prepend($"{found.Anomaly}: {found.Message}")))));
}
