using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// A run with its faults and requests listed one by one instead of drawn. Everything else, such as the delay of a message and the length
/// of an election timeout, is still drawn from the seed.
/// </summary>
internal sealed record Scenario
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public required ulong Seed { get; init; }

    /// <summary>What clients ask for, beside the listed requests; <c>null</c> for nothing. It is drawn from the seed.</summary>
    public Workload? Workload { get; init; }

    /// <summary>Only what these clients saw counts; <c>null</c> for no.</summary>
    public bool? HistoryOnly { get; init; }

    /// <summary>Name of the planted bug; <c>null</c> when there is none.</summary>
    public string? Mutant { get; init; }

    /// <summary>The property that breaks.</summary>
    public required string Property { get; init; }

    /// <summary>Virtual time after which all is healed, in microseconds.</summary>
    public required long Duration { get; init; }

    /// <summary>Virtual time after which nobody looks any more, in microseconds.</summary>
    public required long Until { get; init; }

    public required FaultPlan Plan { get; init; }

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public IReadOnlyList<Operation> Operations { get; init; } = [];

    /// <summary>Links that lose, double and hold back nothing.</summary>
    public IReadOnlyList<Link> QuietLinks { get; init; } = [];

    [JsonIgnore]
    public Mutant PlantedMutant => Mutant is null ? Mutants.Mutant.None : MutantCatalog.Find(Mutant)!;

    [JsonIgnore]
    public SimulationOptions Options => new(Duration, PlantedMutant) { Workload = Workload, HistoryOnly = HistoryOnly == true };

    /// <summary>Runs a seed and lists what happened; <c>null</c> when no property breaks.</summary>
    public static Scenario? Record(ulong seed, SimulationOptions options)
    {
        var recording = new Recording();
        var occurrences = new long[Enum.GetValues<Occurrence>().Length];
        SimulationResult result = new SimulatedCluster(seed, options, occurrences, recording: recording).Run();
        return result.Failure is null ? null : new Scenario
        {
            Seed = seed,
            Workload = options.Workload,
            HistoryOnly = options.HistoryOnly ? true : null,
            Mutant = options.Mutant == Mutants.Mutant.None ? null : options.Mutant.Name,
            Property = result.Failure.Property,
            Duration = options.Duration,
            Until = result.VirtualMicroseconds,
            Plan = SimulatedCluster.PlanOf(seed),
            Faults = recording.Faults,
            Operations = recording.Operations,
        };
    }

    /// <summary>Reads a scenario file. A setting that it does not name, because it came later, has its plain value.</summary>
    /// <exception cref="FormatException">The text is not a scenario, or a mutant in it is unknown.</exception>
    public static Scenario Parse(string json)
    {
        Scenario? scenario;
        try
        {
            JsonNode? named = JsonNode.Parse(json);
            CompletePlan(named?[nameof(Plan)] as JsonObject);
            scenario = named.Deserialize<Scenario>(Json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"This is not a scenario: {e.Message}", e);
        }

        return scenario is null || (scenario.Mutant is { } name && MutantCatalog.Find(name) is null)
            ? throw new FormatException("This is not a scenario, or its mutant is not known.")
            : scenario;
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Runs the scenario.</summary>
    public SimulationResult Run(Func<int, EventTrace>? trace = null)
        => new SimulatedCluster(this, new long[Enum.GetValues<Occurrence>().Length], trace).Run();

    private static void CompletePlan(JsonObject? plan)
    {
        foreach ((string name, JsonNode? value) in JsonSerializer.SerializeToNode(FaultPlan.Plain, Json)!.AsObject())
        {
            plan?.TryAdd(name, value?.DeepClone());
        }
    }
}
