namespace Raft.Core.Storage.Conformance;

/// <summary>
/// What every <see cref="IRaftStorage"/> owes to the node, as checks that any test framework can run: one test case for each, on a storage of its own.
/// </summary>
/// <remarks>
/// A check has only opening, writing, reading and closing to try a storage with, and a loss of power where the caller can bring it about. What a storage
/// does when the disk fails is for tests of the implementation.
/// </remarks>
public static class StorageConformance
{
    /// <summary>The checks that any storage can be tried with.</summary>
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

    /// <summary>The checks that need <see cref="StorageUnderTest.Crash"/>.</summary>
    public static IReadOnlyList<StorageCheck> CrashChecks { get; } = Conformance.CrashChecks.All;
}
