using Raft.Core.Log;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>Which snapshot is the newest, and which are still there.</summary>
internal static class SnapshotChecks
{
    public static StorageCheck[] All { get; } =
    [
        new("A snapshot is named together with the base and read after reopening", StorageRules.NewestSnapshot, Named),
        new("A snapshot that no write named is forgotten when the storage is reopened", StorageRules.UnnamedSnapshot, Unnamed),
        new("A later snapshot that no write named outlives the naming of an earlier one", StorageRules.UnnamedSnapshot, NamedLater),
        new("An old snapshot is read to its end while a newer one takes its place", StorageRules.Superseding, Superseded),
    ];

    private static async Task Named(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 3)).ConfigureAwait(false);
        SnapshotMetadata snapshot = session.Seal(new LogId(1, 2), 100_000);
        await session.PersistAsync(session.EnqueueSnapshot(snapshot, new LogId(1, 1))).ConfigureAwait(false);

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.NewestSnapshot.RequireEqual("the newest snapshot", snapshot, reopened.Recovered.Snapshot);
        StorageRules.Base.RequireEqual("the base", new LogId(1, 1), reopened.Recovered.Base);
        StorageRules.Base.RequireEqual("the last index", 3ul, reopened.Recovered.LastIndex);
        CheckContent(reopened, snapshot);
    }

    private static async Task Unnamed(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 2)).ConfigureAwait(false);
        SnapshotMetadata named = await session.CompactAsync(new LogId(1, 1)).ConfigureAwait(false);
        SnapshotMetadata unnamed = session.Seal(new LogId(1, 2));
        CheckContent(session, unnamed);
        await session.AppendAsync(Entry(1, 3)).ConfigureAwait(false);

        StorageSession reopened = await trial.RestartAsync().ConfigureAwait(false);
        StorageRules.UnnamedSnapshot.RequireEqual("the newest snapshot", named, reopened.Recovered.Snapshot);
        StorageRules.UnnamedSnapshot.RequireRefusal<FileNotFoundException>(
            "opening a snapshot that no write had named", () => reopened.Storage.OpenSnapshot(unnamed).Dispose());
        StorageRules.UnnamedSnapshot.RequireRefusal<ArgumentException>(
            "naming a snapshot of an earlier opening", () => reopened.EnqueueSnapshot(unnamed, null));
    }

    private static async Task NamedLater(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 3)).ConfigureAwait(false);
        SnapshotMetadata later = session.Seal(new LogId(1, 3), 10);
        SnapshotMetadata newest = await session.CompactAsync(new LogId(1, 2), 50).ConfigureAwait(false);
        CheckContent(session, newest);
        StorageRules.UnnamedSnapshot.RequireSameBytes("the later snapshot", Content(later.Id, 10), Try(() => session.ReadSnapshot(later)));
        await session.PersistAsync(session.EnqueueSnapshot(later, null)).ConfigureAwait(false);
        StorageRules.Superseding.RequireRefusal<FileNotFoundException>(
            "opening the snapshot before the newest", () => session.Storage.OpenSnapshot(newest).Dispose());
        CheckContent(session, later);
    }

    private static async Task Superseded(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        await session.AppendAsync(Entries(1, 1, 3)).ConfigureAwait(false);
        SnapshotMetadata old = await session.CompactAsync(new LogId(1, 1), 300_000).ConfigureAwait(false);
        using Stream reading = session.Storage.OpenSnapshot(old);
        byte[] content = new byte[300_000];
        reading.ReadExactly(content.AsSpan(0, 1000));
        SnapshotMetadata newer = await session.CompactAsync(new LogId(1, 2), 50).ConfigureAwait(false);
        StorageRules.Superseding.RequireRefusal<FileNotFoundException>(
            "opening the snapshot before the newest", () => session.Storage.OpenSnapshot(old).Dispose());
        int rest = reading.ReadAtLeast(content.AsSpan(1000), content.Length - 1000, throwOnEndOfStream: false);
        StorageRules.Superseding.RequireSameBytes("the old snapshot", Content(old.Id, 300_000), content.AsSpan(0, 1000 + rest));
        StorageRules.Superseding.RequireEqual("what is behind its end", -1, reading.ReadByte());
        CheckContent(session, newer);
    }

    private static void CheckContent(StorageSession session, SnapshotMetadata snapshot) =>
        StorageRules.ReadingContent.RequireSameBytes($"snapshot {snapshot.Id}", Content(snapshot.Id, (int)snapshot.Size), session.ReadSnapshot(snapshot));

    private static byte[] Try(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }
}
