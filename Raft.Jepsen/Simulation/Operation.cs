using System.Text.Json.Serialization;

namespace Raft.Jepsen.Simulation;

/// <summary>One request of a client, with everything that was drawn for it.</summary>
internal sealed record Operation
{
    /// <summary>Virtual time at which it is sent, in microseconds.</summary>
    public required long At { get; init; }

    public required OperationKind Kind { get; init; }

    /// <summary>The how many-th of its kind, from 0.</summary>
    public required long Number { get; init; }

    /// <summary>The node that is asked, by id.</summary>
    public required int Node { get; init; }

    /// <summary>The next node that takes itself for a leader is asked instead, when there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ToLeader { get; init; }

    /// <summary>Commands that are proposed at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Commands { get; init; }

    /// <summary>What shall change in the membership.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MemberChange>? Changes { get; init; }

    /// <summary>The change is refused when the configuration is another one than the client saw.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Conditional { get; init; }

    /// <summary>A follower may pass the commands on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Forward { get; init; }
}
