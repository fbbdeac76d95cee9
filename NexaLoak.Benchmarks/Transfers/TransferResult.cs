namespace NexaLoak.Benchmarks.Transfers;

/// <summary>What was seen of one transfer.</summary>
/// <param name="Elapsed">From the start of the node's process until it had applied the snapshot.</param>
/// <param name="Quiet">Commits before it: number, failed, and p50, p99 and longest in milliseconds.</param>
/// <param name="Busy">The same of the commits during it.</param>
/// <param name="Leader">Growth of the leader's memory, in MiB.</param>
/// <param name="Follower">Growth of the receiving node's memory since its start, in MiB.</param>
/// <param name="Sent">Bytes of the pieces that the leader sent.</param>
/// <param name="Passed">Bytes to the node on the wire.</param>
/// <param name="Elected">Whether the leader or its term is another one.</param>
internal sealed record TransferResult(
    TimeSpan Elapsed,
    double[] Quiet,
    double[] Busy,
    (double Heap, double Resident) Leader,
    (double Heap, double Resident) Follower,
    long Sent,
    long Passed,
    bool Elected);
