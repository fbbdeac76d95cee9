using System.Net;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator.Configuration;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>The files of a small fleet in a folder of its own, as <c>nexaloak init</c> writes them.</summary>
internal sealed class FleetFiles : IDisposable
{
    public FleetFiles(Func<FleetPlan, FleetPlan>? change = null)
    {
        var plan = new FleetPlan
        {
            Cluster = "c1",
            Nodes = [.. Enumerable.Range(1, 3).Select(i => new PlannedNode($"n{i}", IPAddress.Parse($"127.0.0.{i}")))],
            Zone = "example.com",
            Domain = "vpn.example.com",
            Token = new string('t', 40),
        };
        plan = change?.Invoke(plan) ?? plan;
        FleetFolder.Write(Fleet, plan);
        Api = new Uri($"http://{plan.ApiAddress}:{plan.ApiPort}/");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("nexaloak-cli-").FullName;

    public string Fleet => Path.Combine(Root, "fleet");

    public string Config => Path.Combine(Fleet, "n1", FleetFolder.ConfigurationFile);

    public string Data => Path.Combine(Fleet, "n1", "data");

    /// <summary>Where n1's API listens once it runs.</summary>
    public Uri Api { get; }

    /// <summary>Changes n1's configuration.</summary>
    public void Edit(Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(Config))!.AsObject();
        change(root);
        File.WriteAllText(Config, root.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
