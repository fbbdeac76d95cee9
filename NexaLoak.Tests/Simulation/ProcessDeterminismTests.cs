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

    [Test]
    public async Task Two_processes_see_the_same_200_runs()
    {
        JsonElement unoptimized = await RunAsync(threads: 1, ("DOTNET_TieredPGO", "0"), ("DOTNET_TC_QuickJitForLoops", "1"), ("DOTNET_TC_CallCountThreshold", "FFFFFF"));
        JsonElement optimized = await RunAsync(threads: 2, ("DOTNET_TieredCompilation", "0"));
        foreach (string same in new[] { "trace_hash", "steps", "virtual_s", "failures", "occurrences" })
        {
            Assert.That(optimized.GetProperty(same).ToString(), Is.EqualTo(unoptimized.GetProperty(same).ToString()), same);
        }
    }

    private static async Task<JsonElement> RunAsync(int threads, params (string Name, string Value)[] settings)
    {
        string[] arguments = ["exec", typeof(SimCommand).Assembly.Location, "sim", "--seeds", "200", "--start", "9000", "--json", "--threads", $"{threads}"];
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
