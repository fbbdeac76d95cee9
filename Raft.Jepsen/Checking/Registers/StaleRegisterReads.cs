using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>Judges the stale reads of one register, as far as real time tells which of two values is the older one.</summary>
internal sealed class StaleRegisterReads(string key, IReadOnlyList<HistoryOperation> operations, FindingSet findings)
{
    private readonly RegisterAges _ages = new(operations);
    private readonly HistoryOperation[] _reads = [.. operations.Where(operation => operation is { Request.Kind: RequestKind.Read, Outcome: Outcome.Ok })];

    public void Check()
    {
        foreach (HistoryOperation read in _reads.Where(read => read.Request.Consistency == RequestedConsistency.Stale))
        {
            CheckAge(read);
        }

        foreach (IReadOnlyList<HistoryOperation> reads in StaleReads.ByNode(_reads))
        {
            CheckDirection(reads);
        }
    }

    private void CheckAge(HistoryOperation read)
    {
        string who = $"process {read.Process} saw {OperationText.Value(read.Seen)}";
        if (!_ages.MayHold(Seen(read), read.EffectiveBy))
        {
            findings.Add(new Finding("phantom-value", key, $"{who}, which nobody had written", [read]));
        }
        else if (StaleReads.KnownBefore(read) is { } time && _ages.NewestBeforeTime(time) is { } newest && _ages.IsOlder(Seen(read), newest))
        {
            findings.Add(new Finding("too-stale", key, $"{who}; a later change was known longer ago than the bound allows", [newest, read]));
        }
    }

    private void CheckDirection(IReadOnlyList<HistoryOperation> reads)
    {
        for (int i = 1; i < reads.Count; i++)
        {
            if (_ages.IsOlder(Seen(reads[i]), Seen(reads[i - 1])))
            {
                string seen = OperationText.Value(reads[i].Seen);
                string message = $"process {reads[i].Process} saw {seen} on node {reads[i].Node}, after a later value on the same";
                findings.Add(new Finding("went-back", key, message, [reads[i - 1], reads[i]]));
            }
        }
    }

    private static long? Seen(HistoryOperation read) => (read.Seen as NumberValue)?.Number;
}
