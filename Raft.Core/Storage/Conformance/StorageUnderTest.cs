namespace Raft.Core.Storage.Conformance;

/// <summary>How a check gets at the storage that it tries.</summary>
/// <param name="Create">Opens a storage that never held anything. Called once by each check.</param>
/// <param name="Reopen">Opens it again after the one passed in was disposed. A storage in memory may hand out the same object.</param>
public sealed record StorageUnderTest(Func<IRaftStorage> Create, Func<IRaftStorage, IRaftStorage> Reopen)
{
    internal static readonly TimeSpan DefaultWaitLimit = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Opens the storage as a loss of power at this moment would leave the open one that is passed in, and closes that one. Only
    /// <see cref="StorageConformance.CrashChecks"/> call it.
    /// </summary>
    public Func<IRaftStorage, IRaftStorage>? Crash { get; init; }

    /// <summary>How long a check waits for the storage to go on before it calls it stuck.</summary>
    public TimeSpan WaitLimit { get; init; } = DefaultWaitLimit;
}
