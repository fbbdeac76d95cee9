using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;
using Raft.Jepsen.Commands;

namespace NexaLoak.Tests.Simulation;

/// <summary>A seed means the same run in every process, whatever the compiler of the moment makes of the code.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ProcessDeterminismTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>With a workload the clients are asynchronous code: what they ask, and in which order, is part of the hash.</summary>
    [TestCase("--seeds", "200")]
    [TestCase("--seeds", "30", "--virtual", "20s", "--workload", "mixed")]
    public async Task Two_processes_see_the_same_runs(params string[] campaign)
    {
        JsonElement unoptimized = await RunAsync(campaign, threads: 1, ("DOTNET_TieredPGO", "0"), ("DOTNET_TC_QuickJitForLoops", "1"), ("DOTNET_TC_CallCountThreshold", "FFFFFF"));
        JsonElement optimized = await RunAsync(campaign, threads: 2, ("DOTNET_TieredCompilation", "0"));
        Assert.That(Facts(optimized), Is.EqualTo(Facts(unoptimized)));
    }

    private static string[] Facts(JsonElement campaign)
        => [.. campaign.EnumerateObject().Where(fact => fact.Name != "wall_s").Select(fact => $"{fact.Name} {fact.Value}")];

    private static async Task<JsonElement> RunAsync(string[] campaign, int threads, params (string Name, string Value)[] settings)
    {
        string[] program = ["exec", typeof(SimCommand).Assembly.Location, "sim"];
        string[] arguments = [.. program, "--start", "9000", "--json", "--threads", $"{threads}", .. campaign];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Limit);
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.That(process.ExitCode, Is.Zero, output);
            return JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        }
        finally
        {
            process.Kill();
        }
    }
}
