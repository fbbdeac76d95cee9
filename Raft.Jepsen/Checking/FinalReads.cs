using Raft.Jepsen.Checking.Lists;
using Raft.Jepsen.Checking.Registers;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>
/// When everything is healed, nothing that was acknowledged is missing: every key that was changed is read in the end, and each such read sees all
/// acknowledged appends, or a value that no acknowledged write certainly replaced.
/// </summary>
internal sealed class FinalReads : IHistoryChecker
{
    public CheckResult Check(History history)
    {
        var findings = new FindingSet();
        var undecided = new List<string>();
        if (history.FinalReadsFrom is { } from)
        {
            foreach (KeyKind kind in Enum.GetValues<KeyKind>())
            {
                foreach (IGrouping<string, HistoryOperation> key in KeyedOperations.Of(history, kind))
                {
                    Check(kind, key.Key, [.. key], from, findings, undecided);
                }
            }
        }

        return new CheckResult("final reads", findings.ToList(), undecided);
    }

    private static void Check(
        KeyKind kind, string key, IReadOnlyList<HistoryOperation> operations, long from, FindingSet findings, List<string> undecided)
    {
        HistoryOperation[] final = [.. operations.Where(operation => operation.InvokedAt > from && IsTelling(operation))];
        bool changed = operations.Any(operation => operation.Request.Value is not null && operation.Outcome == Outcome.Ok);
        if (changed && final.Length == 0)
        {
            undecided.Add($"key '{key}': changes were acknowledged, and no final read succeeded");
        }

        if (kind == KeyKind.Register)
        {
            CheckRegister(key, new RegisterAges(operations), final, findings);
        }

        if (kind == KeyKind.List)
        {
            CheckList(key, operations, final, findings);
        }
    }

    private static bool IsTelling(HistoryOperation operation) =>
        operation is { Request.Kind: RequestKind.Read, Request.Consistency: not RequestedConsistency.Stale, Outcome: Outcome.Ok };

    private static void CheckRegister(string key, RegisterAges ages, HistoryOperation[] final, FindingSet findings)
    {
        foreach (HistoryOperation read in final)
        {
            if (ages.NewestBeforeLine(read.InvokedAt) is { } newest && ages.IsOlder((read.Seen as NumberValue)?.Number, newest))
            {
                string message = $"in the end, process {read.Process} saw {OperationText.Value(read.Seen)}; a later change is lost";
                findings.Add(new Finding("lost-write", key, message, [newest, read]));
            }
        }
    }

    private static void CheckList(string key, IReadOnlyList<HistoryOperation> operations, HistoryOperation[] final, FindingSet findings)
    {
        foreach (HistoryOperation read in final)
        {
            HashSet<long> seen = [.. ListHistory.Seen(read)];
            foreach (HistoryOperation append in operations.Where(operation => operation.Request.Kind == RequestKind.Append))
            {
                if (append.EffectiveBy < read.InvokedAt && append.Outcome == Outcome.Ok && !seen.Contains(ListHistory.ElementOf(append)))
                {
                    string message = $"in the end, process {read.Process} did not see {ListHistory.ElementOf(append)}, which was acknowledged";
                    findings.Add(new Finding("lost-append", key, message, [append, read]));
                }
            }
        }
    }
}
