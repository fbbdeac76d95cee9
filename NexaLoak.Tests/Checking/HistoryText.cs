using System.Globalization;
using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>
/// Histories in short: <c>1-4 w 5</c> is a write of 5 that begins at 1 and is acknowledged at 4, <c>1-?</c> never ends, and <c>1-4!</c> fails. Operations
/// are <c>w 5</c>, <c>c 5 6</c>, <c>a 5</c>, <c>t a b 5</c>, and reads by what they saw: <c>r 5</c>, <c>r [5 6]</c>, <c>r a=5,b=6</c>, <c>r -</c> for
/// nothing. Behind them may stand <c>k=</c> with a key (k if not), <c>p=</c> with a process, <c>s=1.2.3</c> with session, sequence and attempt,
/// <c>n=2.1</c> with node and its run, <c>reply=</c>, <c>stale</c> or <c>stale=100</c>. <c>9 final</c> and <c>bank a=5,b=6</c> stand for themselves.
/// </summary>
internal static class HistoryText
{
    public static History Parse(params string[] lines)
    {
        var history = new TimedHistory();
        foreach (string line in lines)
        {
            string[] words = line.Replace("[", "[ ").Replace("]", " ]").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case [var time, "final"]:
                    history.FinalReads = Number(time);
                    break;
                case ["bank", var balances, ..]:
                    history.Banks.Add(("k", Balances(balances), words.Length > 2));
                    break;
                default:
                    history.Operations.Add(Operation(words));
                    break;
            }
        }

        return history.Build();
    }

    private static TimedOperation Operation(string[] words)
    {
        string[] times = words[0].TrimEnd('!').Split('-');
        (ClientRequest request, HistoryValue? seen, int used) = Request(words[1..]);
        var operation = new TimedOperation(request, Number(times[0]))
        {
            End = times[1] == "?" ? null : Number(times[1]),
            EndType = words[0].EndsWith('!') ? EventType.Fail : EventType.Ok,
            Seen = seen,
        };
        return words[(1 + used)..].Aggregate(operation, Refine);
    }

    private static (ClientRequest Request, HistoryValue? Seen, int Words) Request(string[] words) => words switch
    {
        ["w", var value, ..] => (ClientRequest.Write("k", Number(value)), null, 2),
        ["c", var expected, var value, ..] => (ClientRequest.Cas("k", expected == "-" ? null : Number(expected), Number(value)), null, 3),
        ["a", var element, ..] => (ClientRequest.Append("k", Number(element)), null, 2),
        ["t", var from, var to, var amount, ..] => (ClientRequest.Transfer("k", from, to, Number(amount)), null, 4),
        ["r", "[", ..] => (ClientRequest.Read("k"), new ListValue([.. words[2..Array.IndexOf(words, "]")].Select(Number)]), Array.IndexOf(words, "]") + 1),
        ["r", "-", ..] => (ClientRequest.Read("k"), null, 2),
        ["r", var balances, ..] when balances.Contains('=') => (ClientRequest.Read("k"), new BalancesValue(Balances(balances)), 2),
        ["r", var value, ..] => (ClientRequest.Read("k"), new NumberValue(Number(value)), 2),
        _ => throw new ArgumentException($"There is no operation '{string.Join(' ', words)}'.", nameof(words)),
    };

    private static TimedOperation Refine(TimedOperation operation, string word)
    {
        (string name, string value) = word.Split('=') is [var left, var right] ? (left, right) : (word, "");
        string[] parts = value.Split('.');
        return name switch
        {
            "k" => operation with { Request = operation.Request with { Key = value } },
            "p" => operation with { Process = Number(value) },
            "s" => operation with
            {
                Request = operation.Request with { Session = new SessionCommand((ulong)Number(parts[0]), (ulong)Number(parts[1]), (int)Number(parts[2])) },
            },
            "n" => operation with { Request = operation.Request with { Node = (ulong)Number(parts[0]) }, NodeRun = Number(parts[1]) },
            "reply" => operation with { Reply = value },
            "stale" => operation with
            {
                Request = operation.Request with { Consistency = RequestedConsistency.Stale, BoundNs = value.Length == 0 ? null : Number(value) },
            },
            _ => throw new ArgumentException($"There is no '{word}'.", nameof(word)),
        };
    }

    private static Dictionary<string, long> Balances(string text) =>
        text.Split(',').Select(account => account.Split('=')).ToDictionary(account => account[0], account => Number(account[1]));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
