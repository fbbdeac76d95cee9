using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Running;

/// <summary>How many acknowledged appends were still there in the end, over all lists.</summary>
/// <param name="Acknowledged">Appends that were acknowledged before the final reads.</param>
/// <param name="Found">Those of them that the final reads saw.</param>
internal sealed record AppendTally(long Acknowledged, long Found)
{
    /// <summary>Counts; <c>null</c> when there were no final reads.</summary>
    public static AppendTally? Of(History history)
    {
        if (history.FinalReadsFrom is not { } from)
        {
            return null;
        }

        HashSet<(string Key, long Element)> acknowledged = [], seen = [];
        foreach (HistoryOperation operation in history.Operations.Where(operation => operation.Outcome == Outcome.Ok))
        {
            if (operation.Request is { Kind: RequestKind.Append, Value: NumberValue element })
            {
                acknowledged.Add((operation.Request.Key, element.Number));
            }
            else if (operation.InvokedAt > from && operation.Seen is ListValue list)
            {
                seen.UnionWith(list.Elements.Select(number => (operation.Request.Key, number)));
            }
        }

        return new AppendTally(acknowledged.Count, acknowledged.Count(seen.Contains));
    }
}
