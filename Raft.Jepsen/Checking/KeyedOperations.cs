using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking;

/// <summary>The operations of a history by key; all attempts of a session's command are one operation.</summary>
internal static class KeyedOperations
{
    /// <summary>The operations of each key of one kind, in the order of their beginnings.</summary>
    public static IEnumerable<IGrouping<string, HistoryOperation>> Of(History history, KeyKind kind) => SessionMerge.Merge(history.Operations)
        .Where(operation => history.KindOf(operation.Request.Key) == kind)
        .GroupBy(operation => operation.Request.Key);
}
