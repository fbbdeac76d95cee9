using Raft.Core.Log;

namespace Raft.Jepsen.Simulation;

/// <summary>The hash of the log up to each entry that anybody ever wrote, as it was written first. A witness's log lacks the commands, and is known by the names of its entries.</summary>
internal sealed class WrittenChains
{
    private readonly Dictionary<LogId, ulong> _chains = [];

    public void Note(LogId id, ulong chain) => _chains.TryAdd(id, chain);

    /// <summary>The hash that belongs to an entry; <c>null</c> when nobody wrote it.</summary>
    public ulong? Of(LogId id) => _chains.TryGetValue(id, out ulong chain) ? chain : null;
}
