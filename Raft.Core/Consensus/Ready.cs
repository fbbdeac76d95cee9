using Raft.Core.Storage;

namespace Raft.Core.Consensus;

/// <summary>
/// What a core asks its driver to do, all at once: hand <see cref="Write"/> to the storage, send <see cref="Messages"/> (each after the write it waits
/// for), apply what is committed, serve <see cref="Reads"/>. Reused: valid until the next <see cref="RaftCore.TakeReady"/> into it.
/// </summary>
public sealed class Ready
{
    internal List<OutboundMessage> MessageList { get; } = [];

    internal List<ReadState> ReadList { get; } = [];

    /// <summary>What must become durable; <c>null</c> when nothing changed.</summary>
    public StorageWrite? Write { get; internal set; }

    /// <summary>Messages in the order in which they are best sent.</summary>
    public IReadOnlyList<OutboundMessage> Messages => MessageList;

    /// <summary>Read rounds that a majority confirmed since the last time.</summary>
    public IReadOnlyList<ReadState> Reads => ReadList;

    /// <summary>Every entry up to here is committed, and durable on this node: it may be applied.</summary>
    public ulong ApplicableIndex { get; internal set; }

    internal void Clear()
    {
        MessageList.Clear();
        ReadList.Clear();
        Write = null;
    }
}
