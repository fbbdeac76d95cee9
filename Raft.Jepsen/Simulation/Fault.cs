using System.Text.Json.Serialization;

namespace Raft.Jepsen.Simulation;

/// <summary>One fault with everything that was drawn for it. Fields that an effect does not use are zero.</summary>
internal sealed record Fault
{
    /// <summary>What brings it about. Faults of one cause come together, in the order of the list.</summary>
    public required FaultCause Cause { get; init; }

    public required FaultEffect Effect { get; init; }

    /// <summary>Virtual time at which it comes, or came when it waits for a moment, in microseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long At { get; init; }

    /// <summary>How long after its moment it comes, in microseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Delay { get; init; }

    /// <summary>The node that it strikes, by id; 0 for a transfer to whoever is the most up to date.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Node { get; init; }

    /// <summary>The node at the other end of a slow link.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Peer { get; init; }

    /// <summary>How long it lasts; of a slow disk or link, what everything takes longer; in microseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Duration { get; init; }

    /// <summary>Share of the writes under way that survives a crash, in thousandths.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Survivors { get; init; }

    /// <summary>
    /// Of a crash in a Ready: after how many effects. Of a clock: the length of a tick in thousandths of the right one. Of a full disk: the writes
    /// that still fit. Of a damaged one: where and how.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Amount { get; init; }

    /// <summary>The links that are cut.</summary>
    public IReadOnlyList<Link> Links { get; init; } = [];
}
