using System.Text.Json;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Reports;

namespace Raft.Jepsen.Running;

/// <summary>Shows what a run was like.</summary>
internal static class RunPictures
{
    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes the pictures of a run, and the sightings that the last of them is drawn from.</summary>
    public static void Write(RunFolder folder, History history, IReadOnlyList<LeaderSighting> sightings)
    {
        ulong[] nodes = [.. sightings.Select(sighting => sighting.Node)
            .Concat(history.Events.OfType<ClientEvent>().Select(client => client.Request.Node ?? 0)).Where(node => node > 0).Distinct().Order()];
        File.WriteAllLines(folder.Leaders, sightings.Select(sighting => JsonSerializer.Serialize(sighting, Form)));
        File.WriteAllText(folder.Picture("throughput"), ThroughputPlot.Draw(history));
        File.WriteAllText(folder.Picture("latency"), LatencyPlot.Draw(history));
        File.WriteAllText(folder.Picture("leaders"), LeadershipPlot.Draw(history, sightings, nodes));
    }
}
