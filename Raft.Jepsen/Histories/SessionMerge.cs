namespace Raft.Jepsen.Histories;

/// <summary>Makes one operation of all attempts of a session's command: that is what a session promises.</summary>
internal static class SessionMerge
{
    /// <summary>All operations, in the order of their beginnings, with each command of a session once.</summary>
    public static IReadOnlyList<HistoryOperation> Merge(IReadOnlyList<HistoryOperation> operations)
    {
        if (operations.All(operation => operation.Request.Session is null))
        {
            return operations;
        }

        IEnumerable<HistoryOperation> alone = operations.Where(operation => operation.Request.Session is null);
        IEnumerable<HistoryOperation> commands = Commands(operations).Select(Merged);
        return [.. alone.Concat(commands).OrderBy(operation => operation.InvokedAt)];
    }

    /// <summary>The attempts of each command of a session, in the order of their beginnings.</summary>
    public static IEnumerable<IReadOnlyList<HistoryOperation>> Commands(IReadOnlyList<HistoryOperation> operations) => operations
        .Where(operation => operation.Request.Session is not null)
        .GroupBy(operation => (operation.Request.Session!.Session, operation.Request.Session.Sequence))
        .Select(IReadOnlyList<HistoryOperation> (attempts) => [.. attempts]);

    /// <summary>
    /// The command begins with the first attempt that may have happened. It has happened when one attempt says so, and is unknown as long as one may yet
    /// happen.
    /// </summary>
    private static HistoryOperation Merged(IReadOnlyList<HistoryOperation> attempts)
    {
        HistoryOperation[] possible = [.. attempts.Where(attempt => attempt.Outcome != Outcome.Fail)];
        if (possible.Length == 0)
        {
            return attempts[^1];
        }

        HistoryOperation? first = possible.Where(attempt => attempt.Outcome == Outcome.Ok).MinBy(attempt => attempt.EffectiveBy);
        return new HistoryOperation(possible[0].Invocation, (first ?? possible[^1]).Completion);
    }
}
