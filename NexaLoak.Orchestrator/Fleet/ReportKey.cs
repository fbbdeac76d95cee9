namespace NexaLoak.Orchestrator.Fleet;

/// <summary>Who reports about whom, by name. Ordered by observer, then target.</summary>
internal readonly record struct ReportKey(string Observer, string Target) : IComparable<ReportKey>
{
    /// <inheritdoc/>
    public int CompareTo(ReportKey other)
    {
        int byObserver = string.CompareOrdinal(Observer, other.Observer);
        return byObserver != 0 ? byObserver : string.CompareOrdinal(Target, other.Target);
    }
}
