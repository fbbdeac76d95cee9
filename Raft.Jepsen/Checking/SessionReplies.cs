using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>
/// A command of a session took effect at most once, and every attempt was told the same. That it took effect once, and when, judge the checkers of
/// registers, lists and banks as well: to them all attempts are one operation.
/// </summary>
internal sealed class SessionReplies : IHistoryChecker
{
    public CheckResult Check(History history)
    {
        var findings = new FindingSet();
        var elements = new Dictionary<(string Key, long Element), IReadOnlyList<HistoryOperation>>();
        foreach (IReadOnlyList<HistoryOperation> attempts in SessionMerge.Commands(history.Operations))
        {
            CheckReplies(attempts, findings);
            if (attempts[0].Request is { Kind: RequestKind.Append, Value: NumberValue element } request)
            {
                elements.Add((request.Key, element.Number), attempts);
            }
        }

        foreach (HistoryOperation read in history.Operations.Where(operation => operation.Seen is ListValue))
        {
            CheckElements(read, elements, findings);
        }

        return new CheckResult("sessions", findings.ToList(), []);
    }

    private static void CheckReplies(IReadOnlyList<HistoryOperation> attempts, FindingSet findings)
    {
        SessionCommand command = attempts[0].Request.Session!;
        string which = $"command {command.Sequence} of session {command.Session}";
        string[] replies = [.. attempts.Select(attempt => attempt.Completion?.Reply).OfType<string>().Distinct()];
        if (replies.Length > 1)
        {
            findings.Add(new Finding("different-replies", attempts[0].Request.Key, $"{which} was told '{replies[0]}' and '{replies[1]}'", attempts));
        }
        else if (attempts.Any(IsRefused) && attempts.Any(attempt => attempt.Outcome == Outcome.Ok))
        {
            string message = $"{which} was carried out for one attempt, and refused for another";
            findings.Add(new Finding("different-replies", attempts[0].Request.Key, message, attempts));
        }
    }

    /// <summary>The state machine refused it, so the command was in the log.</summary>
    private static bool IsRefused(HistoryOperation attempt) => attempt is { Outcome: Outcome.Fail, Completion.Reply: not null };

    private static void CheckElements(
        HistoryOperation read, Dictionary<(string Key, long Element), IReadOnlyList<HistoryOperation>> elements, FindingSet findings)
    {
        var met = new HashSet<long>();
        foreach (long element in ((ListValue)read.Seen!).Elements)
        {
            if (!met.Add(element) && elements.TryGetValue((read.Request.Key, element), out IReadOnlyList<HistoryOperation>? attempts))
            {
                SessionCommand command = attempts[0].Request.Session!;
                string message = $"command {command.Sequence} of session {command.Session} took effect more than once, as process {read.Process} saw";
                findings.Add(new Finding("applied-twice", read.Request.Key, message, [.. attempts, read]));
            }
        }
    }
}
