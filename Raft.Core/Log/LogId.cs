namespace Raft.Core.Log;

/// <summary>
/// Names one entry of the log: no two different entries share a term and an index (Raft paper, section 5.3, Log Matching).
/// Ordered as logs are compared in elections: by term, then by index (section 5.4.1).
/// </summary>
/// <param name="Term">Term of the leader that created the entry; 0 only at index 0.</param>
/// <param name="Index">Position in the log; the first entry has index 1, and 0 stands before it.</param>
public readonly record struct LogId(ulong Term, ulong Index) : IComparable<LogId>
{
    /// <inheritdoc/>
    public int CompareTo(LogId other)
    {
        int byTerm = Term.CompareTo(other.Term);
        return byTerm != 0 ? byTerm : Index.CompareTo(other.Index);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Term}/{Index}";

    /// <summary>Orders by term, then by index.</summary>
    public static bool operator <(LogId left, LogId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by term, then by index.</summary>
    public static bool operator >(LogId left, LogId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by term, then by index.</summary>
    public static bool operator <=(LogId left, LogId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by term, then by index.</summary>
    public static bool operator >=(LogId left, LogId right) => left.CompareTo(right) >= 0;
}
