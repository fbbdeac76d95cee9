using Raft.Core.Storage;

namespace Raft.Core.Consensus;

/// <summary>
/// What a core asks its driver to do, all at once: hand <see cref="Write"/> to the storage, send <see cref="Messages"/> (each after the write it waits
/// for), apply what is committed, serve <see cref="Reads"/>. Reused: valid until the next <see cref="RaftCore.TakeReady"/> into it.
/// </summary>
public sealed class Ready
{
    internal List<OutboundMessage> MessageList { get; set; } = [];

    internal List<ReadState> ReadList { get; } = [];

    internal List<ulong> FailedReadList { get; } = [];

    internal List<OutboundChunk> ChunkSendList { get; } = [];

    internal List<SnapshotChunk> ChunkReceiveList { get; } = [];

    /// <summary>Place in the sequence of all that the core handed out; see <see cref="RaftCore.Release"/>.</summary>
    public ulong Number { get; internal set; }

    /// <summary>What must become durable; <c>null</c> when nothing changed.</summary>
    public StorageWrite? Write { get; internal set; }

    /// <summary>Messages in the order in which they are best sent.</summary>
    public IReadOnlyList<OutboundMessage> Messages => MessageList;

    /// <summary>Reads that were confirmed since the last time, whatever this node's role is by now.</summary>
    public IReadOnlyList<ReadState> Reads => ReadList;

    /// <summary>
    /// Numbers of reads that will not be confirmed any more, because the leader that was asked is not followed any more. They may be requested anew.
    /// </summary>
    public IReadOnlyList<ulong> FailedReads => FailedReadList;

    /// <summary>Pieces of a snapshot to read from the storage and to send.</summary>
    public IReadOnlyList<OutboundChunk> ChunksToSend => ChunkSendList;

    /// <summary>
    /// Pieces of a snapshot that arrived, in order. The driver writes each through <see cref="IRaftStorage.CreateSnapshot"/> (one with offset 0 begins a new
    /// snapshot, and ends one that was not finished) and reports it by <see cref="RaftCore.OnChunkWritten"/>; after the last one it seals the snapshot, compares
    /// size and checksum, and calls <see cref="RaftCore.OnSnapshotStaged"/> or <see cref="RaftCore.OnStagingFailed"/>.
    /// </summary>
    public IReadOnlyList<SnapshotChunk> ChunksReceived => ChunkReceiveList;

    /// <summary>
    /// A snapshot that took the place of the log, durably: the state machine goes on from it, after it has applied what it was given before, and before what
    /// comes with this or a later <see cref="ApplicableIndex"/>. <c>null</c> mostly. A witness has nothing to restore.
    /// </summary>
    public SnapshotMetadata? Restore { get; internal set; }

    /// <summary>Every entry up to here is committed, and durable on this node: it may be applied.</summary>
    public ulong ApplicableIndex { get; internal set; }

    internal void Clear()
    {
        MessageList.Clear();
        ReadList.Clear();
        FailedReadList.Clear();
        ChunkSendList.Clear();
        ChunkReceiveList.Clear();
        Restore = null;
        Write = null;
    }
}
