using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>An operation as a person reads it.</summary>
internal static class OperationText
{
    private const int MostElements = 12;

    /// <summary>One line: where it stands in the file, who asked for what, and how it ended.</summary>
    public static string Of(HistoryOperation operation)
    {
        string lines = $"lines {operation.Invocation.Index + 1}-{(operation.Completion is { } end ? $"{end.Index + 1}" : "?")}";
        string node = operation.Node is { } asked ? $" node {asked}" : "";
        return $"{lines,-16} process {operation.Process,-4}{node} {Request(operation.Request)} {End(operation)}";
    }

    /// <summary>What is asked.</summary>
    public static string Request(ClientRequest request)
    {
        string stale = request.Consistency == RequestedConsistency.Stale ? "stale " : "";
        string bound = request.BoundNs is { } age ? $" of at most {age} ns" : "";
        string command = request.Session is { } session ? $" (session {session.Session}, command {session.Sequence}, attempt {session.Attempt})" : "";
        return $"{stale}{HistoryFields.Of(request.Kind)} {request.Key}{(request.Value is null ? "" : $" {Value(request.Value)}")}{bound}{command}";
    }

    /// <summary>A value; of a long list its end only.</summary>
    public static string Value(HistoryValue? value) => value switch
    {
        NumberValue number => $"{number.Number}",
        CasValue cas => $"[{(cas.Expected is { } expected ? $"{expected}" : "absent")} -> {cas.New}]",
        ListValue { Elements.Count: > MostElements } list =>
            $"[{list.Elements.Count} elements, at last {string.Join(' ', list.Elements.TakeLast(MostElements))}]",
        ListValue list => $"[{string.Join(' ', list.Elements)}]",
        TransferValue transfer => $"{transfer.Amount} from {transfer.From} to {transfer.To}",
        BalancesValue balances => string.Join(", ", Sorted(balances).Select(account => $"{account.Key} {account.Value}")),
        _ => "absent",
    };

    private static IEnumerable<KeyValuePair<string, long>> Sorted(BalancesValue balances) =>
        balances.Balances.OrderBy(account => account.Key, StringComparer.Ordinal);

    private static string End(HistoryOperation operation)
    {
        string reply = operation.Completion?.Reply is { } text ? $", reply '{text}'" : "";
        string error = operation.Completion?.Error is { } why ? $" ({why})" : "";
        return operation.Outcome switch
        {
            Outcome.Ok when operation.Request.Kind == RequestKind.Read => $"-> {Value(operation.Seen)}",
            Outcome.Ok => $"-> ok{reply}",
            Outcome.Fail => $"-> failed{reply}{error}",
            _ => $"-> unknown{error}",
        };
    }
}
