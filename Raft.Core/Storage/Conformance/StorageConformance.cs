namespace Raft.Core.Storage.Conformance;

/// <summary>
/// What every <see cref="IRaftStorage"/> owes to the node, as checks that any test framework can run: one test case for each, on a storage of its own.
/// </summary>
/// <remarks>
/// A check has only opening, writing, reading and closing to try a storage with. What a crash leaves of it, and what it does when the disk fails, is
/// for tests of the implementation, which can bring these about.
/// </remarks>
public static class StorageConformance
{
    /// <summary>All checks.</summary>
    public static IReadOnlyList<StorageCheck> Checks { get; } =
    [
        .. OpeningChecks.All,
        .. LogChecks.All,
        .. ReadChecks.All,
        .. BaseChecks.All,
        .. ConfigurationChecks.All,
        .. SnapshotChecks.All,
        .. SnapshotWriterChecks.All,
    ];
}
