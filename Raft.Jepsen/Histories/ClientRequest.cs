namespace Raft.Jepsen.Histories;

/// <summary>What a client asks of the store.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">The register, list or bank it is about.</param>
/// <param name="Value">What it carries; <c>null</c> for a read.</param>
internal sealed record ClientRequest(RequestKind Kind, string Key, HistoryValue? Value)
{
    /// <summary>What a read asks for; without a meaning for everything else.</summary>
    public RequestedConsistency Consistency { get; init; }

    /// <summary>How old the answer of a stale read may be, in nanoseconds; <c>null</c> for any age.</summary>
    public long? BoundNs { get; init; }

    /// <summary>The command of a client session that this is an attempt of; <c>null</c> when it is sent once and without a session.</summary>
    public SessionCommand? Session { get; init; }

    /// <summary>The node that is asked, by id; <c>null</c> when that is not known.</summary>
    public ulong? Node { get; init; }

    public static ClientRequest Read(string key, RequestedConsistency consistency = RequestedConsistency.Linearizable) =>
        new(RequestKind.Read, key, null) { Consistency = consistency };

    /// <summary>A read of what the node has, at most <paramref name="boundNs"/> nanoseconds old, or of any age.</summary>
    public static ClientRequest StaleRead(string key, long? boundNs) =>
        new(RequestKind.Read, key, null) { Consistency = RequestedConsistency.Stale, BoundNs = boundNs };

    public static ClientRequest Write(string key, long value) => new(RequestKind.Write, key, new NumberValue(value));

    /// <summary>A compare-and-set; it expects an absent register when <paramref name="expected"/> is <c>null</c>.</summary>
    public static ClientRequest Cas(string key, long? expected, long value) => new(RequestKind.Cas, key, new CasValue(expected, value));

    public static ClientRequest Append(string key, long element) => new(RequestKind.Append, key, new NumberValue(element));

    public static ClientRequest Transfer(string bank, string from, string to, long amount) =>
        new(RequestKind.Transfer, bank, new TransferValue(from, to, amount));
}
