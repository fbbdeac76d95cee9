using System.Text.Json;
using System.Text.Json.Nodes;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Shrinking;

/// <summary>The settings of a plan by name, those of its <c>Options</c> among them, compared with <see cref="FaultPlan.Plain"/>.</summary>
internal static class Knobs
{
    private const string Nested = nameof(FaultPlan.Options);

    private static readonly string[] NotKnobs = [nameof(FaultPlan.Voters), nameof(FaultPlan.Learners), nameof(FaultPlan.Spares)];
    private static readonly JsonObject Plain = ToJson(FaultPlan.Plain);

    /// <summary>The names and values that differ from the plain ones. The number of nodes is not among them.</summary>
    public static IEnumerable<(string Name, string Value)> DifferingFromPlain(FaultPlan plan)
    {
        JsonObject all = ToJson(plan);
        return Differing(all, Plain).Where(knob => knob.Name != Nested).Concat(Differing((JsonObject)all[Nested]!, (JsonObject)Plain[Nested]!));
    }

    /// <summary>The plan with the plain value of one knob.</summary>
    public static FaultPlan WithPlain(FaultPlan plan, string name)
    {
        JsonObject all = ToJson(plan);
        (JsonObject changed, JsonObject plain) = all.ContainsKey(name) ? (all, Plain) : ((JsonObject)all[Nested]!, (JsonObject)Plain[Nested]!);
        changed[name] = plain[name]?.DeepClone();
        return all.Deserialize<FaultPlan>()!;
    }

    private static IEnumerable<(string Name, string Value)> Differing(JsonObject values, JsonObject plain)
        => values
            .Where(knob => !NotKnobs.Contains(knob.Key) && !JsonNode.DeepEquals(knob.Value, plain[knob.Key]))
            .Select(knob => (knob.Key, knob.Value?.ToJsonString() ?? "null"));

    private static JsonObject ToJson(FaultPlan plan) => JsonSerializer.SerializeToNode(plan)!.AsObject();
}
