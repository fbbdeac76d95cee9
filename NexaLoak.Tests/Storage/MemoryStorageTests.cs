using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;
using static Raft.Core.Storage.Conformance.SampleData;

namespace NexaLoak.Tests.Storage;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class MemoryStorageTests
{
    [TestCaseSource(typeof(StorageConformance), nameof(StorageConformance.Checks))]
    public Task The_storage_conforms(StorageCheck check) => check.RunAsync(new StorageUnderTest(() => new MemoryStorage(), closed => closed));

    [TestCaseSource(typeof(StorageConformance), nameof(StorageConformance.CrashChecks))]
    public Task The_storage_conforms_through_crashes(StorageCheck check) =>
        check.RunAsync(new StorageUnderTest(() => new MemoryStorage(), closed => closed) { Crash = open => open });

    [Test]
    public void Writes_complete_on_demand_and_a_restart_loses_the_others()
    {
        var storage = new MemoryStorage(completeAtOnce: false);
        var session = new StorageSession(storage);
        session.Enqueue(Entry(1, 1));
        session.Enqueue(Entry(1, 2));
        session.Enqueue(new HardState(2, default, 1));
        Assert.That((session.Listener.Persisted, storage.PendingWrites), Is.EqualTo((0ul, 3)));
        Assert.That(storage.CompleteWrites(2), Is.EqualTo(2));
        Assert.That((session.Listener.Persisted, storage.PendingWrites), Is.EqualTo((2ul, 1)));

        var restarted = new StorageSession(storage);
        Assert.That((storage.Recovered.LastIndex, storage.Recovered.HardState.Term, storage.PendingWrites), Is.EqualTo((2ul, 1ul, 0)));
        Assert.That(Describe(restarted.ReadAll(1, 2)), Is.EqualTo(Describe([Entry(1, 1), Entry(1, 2)])));
    }

    [Test]
    public void A_failure_is_reported_once_and_nothing_after_it()
    {
        var storage = new MemoryStorage(completeAtOnce: false);
        var session = new StorageSession(storage);
        session.Enqueue(Entry(1, 1));
        storage.Fail(new IOException("broken"));
        storage.Fail(new IOException("broken again"));
        session.Enqueue(Entry(1, 2));
        Assert.That(storage.CompleteWrites(), Is.Zero);
        Assert.That(session.Listener.Failures.Select(e => e.Message), Is.EqualTo(new[] { "broken" }));
        Assert.That(storage.Recovered.IsEmpty, Is.True);
    }
}
