using Raft.Core.Storage;
using Raft.Core.Storage.Conformance;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>Storages that are wrong about their snapshots.</summary>
internal static class BrokenSnapshots
{
    private const string Named = "A snapshot is named together with the base and read after reopening";
    private const string Unnamed = "A snapshot that no write named is forgotten when the storage is reopened";
    private const string NamedLater = "A later snapshot that no write named outlives the naming of an earlier one";
    private const string Superseded = "An old snapshot is read to its end while a newer one takes its place";
    private const string InOrder = "A snapshot is written in order and sealed once";
    private const string Abandoned = "A writer abandoned in any way leaves nothing";

    public static BrokenStorageCase[] All { get; } =
    [
        new("forgets the newest snapshot", Named, StorageRules.NewestSnapshot, () => new BrokenStorage
        {
            OnRecovered = state => state with { Snapshot = null },
        }),
        new("moves the base to each snapshot", Named, StorageRules.Base, () => new BrokenStorage
        {
            OnEnqueue = (storage, write) => storage.Enqueue(write with { Base = write.Snapshot?.Id ?? write.Base }),
        }),
        .. new[] { 1, 65_536, 200_001 }.Select(size => new BrokenStorageCase(
            "loses a snapshot's last byte", $"A snapshot of {size} bytes is read whole and in pieces", StorageRules.ReadingContent,
            () => Reads(content => new SnapshotStream(content[..^1])))),
        new("pads a snapshot", "A snapshot of 0 bytes is read whole and in pieces", StorageRules.ReadingContent,
            () => Reads(content => new SnapshotStream([.. content, 0]))),
        new("reads a snapshot from its start only", "A snapshot of 1 bytes is read whole and in pieces", StorageRules.ReadingContent,
            () => Reads(content => new SnapshotStream(content, canSeek: false))),
        new("keeps a snapshot that no write named", Unnamed, StorageRules.UnnamedSnapshot, ReadsWhatItRead),
        new("deletes a later snapshot", NamedLater, StorageRules.UnnamedSnapshot, DeletesAllButTheNewest),
        new("opens what a newer snapshot has replaced", Superseded, StorageRules.Superseding, ReadsWhatItRead),
        new("cuts off who reads a snapshot", Superseded, StorageRules.Superseding, CutsOffReaders),
        new("has a checksum of its own", InOrder, StorageRules.Checksum, () => Seals((writer, describe) =>
        {
            SnapshotMetadata own = null!;
            writer.Seal((size, checksum) => (own = describe(size, checksum ^ 1)) with { Checksum = checksum });
            return own;
        })),
        new("seals a snapshot twice", InOrder, StorageRules.Abandoning, SealsTwice),
        new("takes content behind the end", InOrder, StorageRules.WritingContent, TakesContentBehindTheEnd),
        new("goes back in what it writes", InOrder, StorageRules.WritingContent, () => Writes(() => new BrokenContent(canSeek: true))),
        new("lets what it writes be read", InOrder, StorageRules.WritingContent, () => Writes(() => new BrokenContent(canSeek: false))),
        new("takes a wrong size and checksum", Abandoned, StorageRules.Abandoning, TakesAWrongDescription),
        new("hides why a snapshot was abandoned", Abandoned, StorageRules.Abandoning, () => Seals((writer, describe) =>
        {
            try
            {
                return writer.Seal(describe);
            }
            catch (InvalidDataException e)
            {
                throw new IOException("the snapshot was not sealed", e);
            }
        })),
        new("seals what was abandoned", Abandoned, StorageRules.Abandoning, () => new BrokenStorage
        {
            OnCreateSnapshot = writer => new BrokenSnapshotWriter(writer) { OnDispose = _ => { } },
        }),
    ];

    private static BrokenStorage Reads(Func<byte[], Stream> read) => new()
    {
        OnOpenSnapshot = (storage, snapshot) => read(SnapshotStream.ContentOf(storage, snapshot)),
    };

    private static BrokenStorage Seals(Func<ISnapshotWriter, Func<long, uint, SnapshotMetadata>, SnapshotMetadata> seal) => new()
    {
        OnCreateSnapshot = writer => new BrokenSnapshotWriter(writer) { OnSeal = seal },
    };

    private static BrokenStorage Writes(Func<Stream> content) => new()
    {
        OnCreateSnapshot = writer =>
        {
            Stream written = content();
            return new BrokenSnapshotWriter(writer) { OnContent = _ => written };
        },
    };

    private static BrokenStorage ReadsWhatItRead()
    {
        var read = new Dictionary<SnapshotMetadata, byte[]>();
        return new BrokenStorage
        {
            OnOpenSnapshot = (storage, snapshot) =>
            {
                if (!read.TryGetValue(snapshot, out byte[]? content))
                {
                    read[snapshot] = content = SnapshotStream.ContentOf(storage, snapshot);
                }

                return new SnapshotStream(content);
            },
        };
    }

    private static BrokenStorage DeletesAllButTheNewest()
    {
        SnapshotMetadata? newest = null;
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                newest = write.Snapshot ?? newest;
            },
            OnOpenSnapshot = (storage, snapshot) =>
                newest is null || snapshot == newest ? storage.OpenSnapshot(snapshot) : throw new FileNotFoundException("deleted"),
        };
    }

    private static BrokenStorage CutsOffReaders()
    {
        var open = new List<Stream>();
        return new BrokenStorage
        {
            OnEnqueue = (storage, write) =>
            {
                storage.Enqueue(write);
                open.ForEach(stream => stream.Dispose());
            },
            OnOpenSnapshot = (storage, snapshot) =>
            {
                open.Add(storage.OpenSnapshot(snapshot));
                return open[^1];
            },
        };
    }

    private static BrokenStorage SealsTwice()
    {
        SnapshotMetadata? before = null;
        return Seals((writer, describe) => before ??= writer.Seal(describe));
    }

    private static BrokenStorage TakesContentBehindTheEnd() => new()
    {
        OnCreateSnapshot = writer =>
        {
            bool ended = false;
            return new BrokenSnapshotWriter(writer)
            {
                OnContent = content => ended ? Stream.Null : content,
                OnSeal = (inner, describe) =>
                {
                    ended = true;
                    return inner.Seal(describe);
                },
            };
        },
    };

    private static BrokenStorage TakesAWrongDescription() => Seals((writer, describe) =>
    {
        SnapshotMetadata described = null!;
        try
        {
            return writer.Seal((size, checksum) => described = describe(size, checksum));
        }
        catch (ArgumentException)
        {
            return described;
        }
    });

    private sealed class BrokenContent(bool canSeek) : MemoryStream
    {
        public override bool CanSeek => canSeek;
    }
}
