namespace Raft.Core.Storage;

/// <summary>Writes a snapshot of a <see cref="MemoryStorage"/>.</summary>
internal sealed class MemorySnapshotWriter(MemorySnapshots snapshots) : ISnapshotWriter
{
    private readonly AppendStream _content = new();
    private bool _ended;

    public Stream Content => _content;

    public SnapshotMetadata Seal(Func<long, uint, SnapshotMetadata> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        if (_ended)
        {
            throw new InvalidOperationException("The snapshot was sealed or abandoned before.");
        }

        Dispose();
        byte[] content = _content.ToArray();
        uint checksum = Crc32C.Append(0, content);
        SnapshotMetadata snapshot = describe(content.Length, checksum);
        if (snapshot.Size != content.Length || snapshot.Checksum != checksum)
        {
            throw new ArgumentException($"The content has {content.Length} bytes and checksum {checksum:x8}, not those of {snapshot}.", nameof(describe));
        }

        snapshots.Add(snapshot, content);
        return snapshot;
    }

    public void Dispose()
    {
        _ended = true;
        _content.Dispose();
    }

    private sealed class AppendStream : MemoryStream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException("A snapshot is written in order.");
    }
}
