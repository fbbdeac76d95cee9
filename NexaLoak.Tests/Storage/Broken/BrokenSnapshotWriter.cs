using Raft.Core.Storage;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>A writer of snapshots that is right, but for what a test puts in the place of one of its members.</summary>
internal sealed class BrokenSnapshotWriter(ISnapshotWriter inner) : ISnapshotWriter
{
    public Func<Stream, Stream> OnContent { get; init; } = content => content;

    public Func<ISnapshotWriter, Func<long, uint, SnapshotMetadata>, SnapshotMetadata> OnSeal { get; init; } = (writer, describe) => writer.Seal(describe);

    public Action<ISnapshotWriter> OnDispose { get; init; } = writer => writer.Dispose();

    public Stream Content => OnContent(inner.Content);

    public SnapshotMetadata Seal(Func<long, uint, SnapshotMetadata> describe) => OnSeal(inner, describe);

    public void Dispose() => OnDispose(inner);
}
