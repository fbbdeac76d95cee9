using System.Text.Json;
using System.Text.Json.Serialization;

namespace Raft.Jepsen.Running.Campaigns;

/// <summary>What the runs of a campaign came to.</summary>
internal sealed record CampaignSum
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Decided on the mixes.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The faults that were not possible on this machine, and why.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>();

    /// <summary>Runs that came to an end.</summary>
    public int Runs { get; init; }

    /// <summary>Those that were right.</summary>
    public int Valid { get; init; }

    /// <summary>Those in which something happened that must not.</summary>
    public int Invalid { get; init; }

    /// <summary>Those without a verdict.</summary>
    public int CouldNotTell { get; init; }

    /// <summary>Requests of clients by how they ended: ok, fail, unknown.</summary>
    public IReadOnlyDictionary<string, long> Operations { get; init; } = new Dictionary<string, long>();

    /// <summary>Changes that were acknowledged.</summary>
    public long AcknowledgedWrites { get; init; }

    /// <summary>Strikes of each nemesis.</summary>
    public IReadOnlyDictionary<string, long> Strikes { get; init; } = new Dictionary<string, long>();

    /// <summary>Leaders that were seen, counted anew for each term.</summary>
    public long Leaders { get; init; }

    /// <summary>The longest time from the end of a run's faults until a node led, in seconds.</summary>
    public double? LongestLeaderAfterS { get; init; }

    /// <summary>The longest time until all nodes of a run agreed, in seconds.</summary>
    public double? LongestConvergedAfterS { get; init; }

    /// <summary>Seconds from the start to the last verdict.</summary>
    public double WallS { get; init; }

    /// <summary>Invalid if one run was, else without a verdict if one run was.</summary>
    [JsonIgnore]
    public RunVerdict Verdict => Invalid > 0 ? RunVerdict.Invalid : CouldNotTell > 0 || Runs == 0 ? RunVerdict.CouldNotTell : RunVerdict.Valid;

    /// <summary>The sum with one run more.</summary>
    public CampaignSum With(RunResult result) => this with
    {
        Runs = Runs + 1,
        Valid = Valid + (result.Verdict == RunVerdict.Valid ? 1 : 0),
        Invalid = Invalid + (result.Verdict == RunVerdict.Invalid ? 1 : 0),
        CouldNotTell = CouldNotTell + (result.Verdict == RunVerdict.CouldNotTell ? 1 : 0),
        Operations = Add(Operations, result.Operations),
        AcknowledgedWrites = AcknowledgedWrites + result.AcknowledgedWrites,
        Strikes = Add(Strikes, result.Strikes.ToDictionary(strikes => strikes.Key, strikes => (long)strikes.Value)),
        Leaders = Leaders + result.Leaders,
        LongestLeaderAfterS = Longer(LongestLeaderAfterS, result.LeaderAfterS),
        LongestConvergedAfterS = Longer(LongestConvergedAfterS, result.ConvergedAfterS),
    };

    /// <summary>As one line.</summary>
    public string ToJsonLine() => JsonSerializer.Serialize(this, Form);

    private static double? Longer(double? one, double? other) => one is { } first && other is { } second ? Math.Max(first, second) : one ?? other;

    private static Dictionary<string, long> Add(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other)
        => one.Keys.Union(other.Keys).ToDictionary(key => key, key => one.GetValueOrDefault(key) + other.GetValueOrDefault(key));
}
