using System.Text.Json;
using System.Text.Json.Serialization;

namespace Raft.Jepsen.Running;

/// <summary>What came of a run, as it stands in <c>results.json</c>.</summary>
internal sealed record RunResult
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Form) { WriteIndented = true };

    /// <summary>The verdict.</summary>
    public required RunVerdict Verdict { get; init; }

    /// <summary>What is wrong, or why there is no verdict.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What each checker says of the history.</summary>
    public IReadOnlyList<RunCheck> Checks { get; init; } = [];

    /// <summary>The command that does the same again, with the same faults at about the same times.</summary>
    public required string Command { get; init; }

    /// <summary>Requests of clients by how they ended: ok, fail, unknown.</summary>
    public required IReadOnlyDictionary<string, long> Operations { get; init; }

    /// <summary>Changes that were acknowledged.</summary>
    public required long AcknowledgedWrites { get; init; }

    /// <summary>Acknowledged appends, and how many of them were there in the end.</summary>
    public AppendTally? Appends { get; init; }

    /// <summary>Strikes of each nemesis.</summary>
    public required IReadOnlyDictionary<string, int> Strikes { get; init; }

    /// <summary>What the faults were made with, beside what each Linux has: tool and version.</summary>
    public IReadOnlyDictionary<string, string>? Tools { get; init; }

    /// <summary>What was done how often: each fault with its kind, as the history has them.</summary>
    public required IReadOnlyDictionary<string, int> Done { get; init; }

    /// <summary>What the nodes talked to each other over.</summary>
    public required RunNetwork Network { get; init; }

    /// <summary>Leaders that were seen, counted anew for each term.</summary>
    public required int Leaders { get; init; }

    /// <summary>Rounds of kills that were completed, and what was killed in them.</summary>
    public KillRoundsResult? Rounds { get; init; }

    /// <summary>Keys that clients worked on.</summary>
    public required int Keys { get; init; }

    /// <summary>Seconds from the end of the last fault, with all nodes started, until a node said that it leads: 0.1 or so when one led all the time.</summary>
    public double? LeaderAfterS { get; init; }

    /// <summary>Seconds until all nodes agreed when the faults had ended.</summary>
    public double? ConvergedAfterS { get; init; }

    /// <summary>Leader, term, applied index and state hash on which all nodes agreed.</summary>
    public ConvergedState? Converged { get; init; }

    /// <summary>Seconds from the start to the verdict.</summary>
    public required double WallS { get; init; }

    /// <summary>As one line.</summary>
    public string ToJsonLine() => JsonSerializer.Serialize(this, Form);

    /// <summary>As a document.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);
}
