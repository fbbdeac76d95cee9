using System.Globalization;

namespace Raft.Jepsen.Histories;

/// <summary>
/// Writes the part of a history that is about keys of one kind in Jepsen's own form, for outside checkers: registers with <c>[key value]</c> tuples, for
/// Knossos by way of jepsen.independent; lists as transactions of one operation, for Elle's list-append; banks for Jepsen's bank.
/// </summary>
/// <remarks>
/// Attempts of a session's command are one operation, of the process that sent it first. Stale reads are left out: those checkers would take them for
/// linearizable ones.
/// </remarks>
internal sealed class EdnWriter(History history, KeyKind kind)
{
    public void Write(TextWriter output)
    {
        long number = 0;
        foreach ((_, string line) in Lines().OrderBy(line => line.Index))
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{{:index {number++}, {line}}}\n"));
        }
    }

    private IEnumerable<(long Index, string Line)> Lines()
    {
        foreach (NemesisEvent nemesis in history.Events.OfType<NemesisEvent>())
        {
            yield return (nemesis.Index, Line(nemesis, ":nemesis", EventType.Info, $":{Symbol(nemesis.Fault)}", $"[{string.Join(' ', nemesis.Nodes)}]"));
        }

        foreach (HistoryOperation operation in SessionMerge.Merge(history.Operations))
        {
            if (history.KindOf(operation.Request.Key) != kind || operation.Request.Consistency == RequestedConsistency.Stale)
            {
                continue;
            }

            yield return (operation.Invocation.Index, ClientLine(operation, operation.Invocation));
            if (operation.Completion is { } completion)
            {
                yield return (completion.Index, ClientLine(operation, completion));
            }
        }
    }

    private string ClientLine(HistoryOperation operation, ClientEvent client)
    {
        string process = operation.Process.ToString(CultureInfo.InvariantCulture);
        string function = kind == KeyKind.List ? ":txn" : $":{HistoryFields.Of(operation.Request.Kind)}";
        string error = client.Error is { } why ? $", :error {Quoted(why)}" : "";
        return Line(client, process, client.Type, function, Value(operation.Request, client)) + error;
    }

    private static string Line(HistoryEvent written, string process, EventType type, string function, string value) => string.Create(
        CultureInfo.InvariantCulture, $":time {written.TimeNs}, :process {process}, :type :{HistoryFields.Of(type)}, :f {function}, :value {value}");

    private string Value(ClientRequest request, ClientEvent client)
    {
        string key = Quoted(request.Key);
        return (kind, request.Kind) switch
        {
            (KeyKind.List, RequestKind.Read) => $"[[:r {key} {Of(client.Seen)}]]",
            (KeyKind.List, _) => $"[[:append {key} {Of(request.Value)}]]",
            (KeyKind.Register, RequestKind.Read) => $"[{key} {Of(client.Seen)}]",
            (KeyKind.Register, _) => $"[{key} {Of(request.Value)}]",
            (_, RequestKind.Read) => Of(client.Seen),
            _ => Of(request.Value),
        };
    }

    private static string Of(HistoryValue? value) => value switch
    {
        NumberValue number => Number(number.Number),
        CasValue cas => $"[{(cas.Expected is { } expected ? Number(expected) : "nil")} {Number(cas.New)}]",
        ListValue list => $"[{string.Join(' ', list.Elements.Select(Number))}]",
        TransferValue transfer => $"{{:from {Quoted(transfer.From)}, :to {Quoted(transfer.To)}, :amount {Number(transfer.Amount)}}}",
        BalancesValue balances => $"{{{string.Join(", ", Sorted(balances).Select(account => $"{Quoted(account.Key)} {Number(account.Value)}"))}}}",
        _ => "nil",
    };

    private static IEnumerable<KeyValuePair<string, long>> Sorted(BalancesValue balances) =>
        balances.Balances.OrderBy(account => account.Key, StringComparer.Ordinal);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";

    /// <summary>A keyword has no blanks.</summary>
    private static string Symbol(string text) => string.Concat(text.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'));
}
