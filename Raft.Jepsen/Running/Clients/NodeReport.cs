using System.Text.Json;

namespace Raft.Jepsen.Running.Clients;

/// <summary>A node's view of itself.</summary>
internal sealed record NodeReport(ulong Node, string Role, ulong Term, ulong Leader)
{
    /// <summary>Highest index known to be committed.</summary>
    public ulong Commit { get; init; }

    /// <summary>Highest index that is applied.</summary>
    public ulong Applied { get; init; }

    /// <summary>Index of the last entry in the log.</summary>
    public ulong Last { get; init; }

    /// <summary>The last entry in the newest snapshot.</summary>
    public ulong Snapshot { get; init; }

    /// <summary>Members that vote.</summary>
    public IReadOnlyList<ulong> Voters { get; init; } = [];

    /// <summary>Members that do not.</summary>
    public IReadOnlyList<ulong> Learners { get; init; } = [];

    /// <summary>Index of the entry that brought the members.</summary>
    public ulong ConfigurationIndex { get; init; }

    /// <summary>A change of the voters is under way.</summary>
    public bool IsJoint { get; init; }

    /// <summary>Hash of the state.</summary>
    public string Hash { get; init; } = "";

    public bool IsLeader => Role == "leader";

    public static NodeReport Read(ulong node, JsonElement report)
        => new(node, report.GetProperty("role").GetString()!, report.GetProperty("term").GetUInt64(), report.GetProperty("leader").GetUInt64())
        {
            Commit = report.GetProperty("commit").GetUInt64(),
            Applied = report.GetProperty("applied").GetUInt64(),
            Last = report.GetProperty("last").GetUInt64(),
            Snapshot = report.GetProperty("snapshot").GetUInt64(),
            Voters = Nodes(report, "voters"),
            Learners = Nodes(report, "learners"),
            ConfigurationIndex = report.GetProperty("members_index").GetUInt64(),
            IsJoint = report.GetProperty("joint").GetBoolean(),
            Hash = report.GetProperty("hash").GetString()!,
        };

    private static ulong[] Nodes(JsonElement report, string name) => [.. report.GetProperty(name).EnumerateArray().Select(node => node.GetUInt64())];
}
