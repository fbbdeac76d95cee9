using Raft.Core.Log;
using static Raft.Core.Storage.Conformance.SampleData;

namespace Raft.Core.Storage.Conformance;

/// <summary>Writing snapshots, and reading what was written.</summary>
internal static class SnapshotWriterChecks
{
    public static StorageCheck[] All { get; } =
    [
        .. new[] { 0, 1, 65_536, 200_001 }.Select(size => new StorageCheck(
            $"A snapshot of {size} bytes is read whole and in pieces", StorageRules.ReadingContent, trial => AnySize(trial, size))),
        new("A snapshot is written in order and sealed once", StorageRules.WritingContent, InOrder),
        new("A writer abandoned in any way leaves nothing", StorageRules.Abandoning, Abandoned),
    ];

    private static Task AnySize(StorageTrial trial, int size)
    {
        StorageSession session = trial.Start();
        SnapshotMetadata snapshot = session.Seal(new LogId(3, 8), size);
        byte[] expected = Content(snapshot.Id, size);
        StorageRules.ReadingContent.RequireEqual("the size", (long)size, snapshot.Size);
        StorageRules.Checksum.RequireEqual("the checksum", Crc32C.Append(0, expected), snapshot.Checksum);
        StorageRules.ReadingContent.RequireSameBytes("the snapshot", expected, session.ReadSnapshot(snapshot));
        using Stream stream = session.Storage.OpenSnapshot(snapshot);
        StorageRules.ReadingContent.RequireEqual("whether the stream is seekable", true, stream.CanSeek);
        StorageRules.ReadingContent.RequireEqual("the stream's length", size, stream.Length);
        foreach (int at in new[] { size / 2, 0, size - (size / 3), size / 5, size })
        {
            byte[] piece = new byte[Math.Min(1000, size - at)];
            stream.Seek(at, SeekOrigin.Begin);
            int read = stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
            StorageRules.ReadingContent.RequireSameBytes($"what is at offset {at}", expected.AsSpan(at, piece.Length), piece.AsSpan(0, read));
        }

        return Task.CompletedTask;
    }

    private static Task InOrder(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        using ISnapshotWriter writer = session.Storage.CreateSnapshot();
        writer.Content.Write("1234"u8);
        writer.Content.Flush();
        writer.Content.Write("56789"u8);
        StorageRules.WritingContent.RequireEqual("whether the stream is seekable", false, writer.Content.CanSeek);
        StorageRules.WritingContent.RequireEqual("whether the stream is readable", false, writer.Content.CanRead);
        StorageRules.WritingContent.RequireRefusal<NotSupportedException>("going back in it", () => writer.Content.Seek(0, SeekOrigin.Begin));
        SnapshotMetadata snapshot = writer.Seal((size, checksum) => Metadata(new LogId(1, 1), size, checksum));
        StorageRules.ReadingContent.RequireEqual("the size", 9L, snapshot.Size);
        StorageRules.Checksum.RequireEqual("the checksum of \"123456789\"", 0xE3069283u, snapshot.Checksum);
        StorageRules.Abandoning.RequireRefusal<InvalidOperationException>("sealing again", () => writer.Seal((_, _) => snapshot));
        StorageRules.WritingContent.RequireRefusal<ObjectDisposedException>("writing behind the end", () => writer.Content.WriteByte(1));
        StorageRules.ReadingContent.RequireSameBytes("the snapshot", "123456789"u8, session.ReadSnapshot(snapshot));
        return Task.CompletedTask;
    }

    private static Task Abandoned(StorageTrial trial)
    {
        StorageSession session = trial.Start();
        var descriptions = new List<SnapshotMetadata>();
        ISnapshotWriter disposed = session.Storage.CreateSnapshot();
        disposed.Content.Write(new byte[200_000]);
        disposed.Dispose();
        StorageRules.Abandoning.RequireRefusal<InvalidOperationException>("sealing what was disposed", () => disposed.Seal(Describe));
        using ISnapshotWriter thrown = session.Storage.CreateSnapshot();
        StorageRules.Abandoning.RequireRefusal<InvalidDataException>(
            "the exception of the description", () => thrown.Seal((_, _) => throw new InvalidDataException("not mine")));
        StorageRules.Abandoning.RequireRefusal<InvalidOperationException>("sealing after that", () => thrown.Seal(Describe));
        using ISnapshotWriter wrongSize = session.Storage.CreateSnapshot();
        StorageRules.Abandoning.RequireRefusal<ArgumentException>("a wrong size", () => wrongSize.Seal((size, checksum) => Describe(size + 1, checksum)));
        using ISnapshotWriter wrongSum = session.Storage.CreateSnapshot();
        StorageRules.Abandoning.RequireRefusal<ArgumentException>(
            "a wrong checksum", () => wrongSum.Seal((size, checksum) => Describe(size, checksum + 1)));
        foreach (SnapshotMetadata description in descriptions)
        {
            StorageRules.Abandoning.RequireRefusal<FileNotFoundException>(
                $"opening {description}", () => session.Storage.OpenSnapshot(description).Dispose());
        }

        return Task.CompletedTask;

        SnapshotMetadata Describe(long size, uint checksum)
        {
            descriptions.Add(Metadata(new LogId(1, 1), size, checksum));
            return descriptions[^1];
        }
    }
}
