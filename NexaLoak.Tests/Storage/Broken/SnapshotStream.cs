using Raft.Core.Storage;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>The content of a snapshot, as a broken storage hands it out.</summary>
internal sealed class SnapshotStream(byte[] content, bool canSeek = true) : MemoryStream(content, writable: false)
{
    public override bool CanSeek => canSeek;

    public static byte[] ContentOf(MemoryStorage storage, SnapshotMetadata snapshot)
    {
        using Stream stream = storage.OpenSnapshot(snapshot);
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
