using System.Diagnostics;
using System.Globalization;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>A <see cref="TransferNode"/>, asked from outside.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly Process _process;

    private NodeProcess(int id, Process process)
    {
        Id = id;
        _process = process;
    }

    public int Id { get; }

    /// <summary>Starts a node and waits until it runs.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="youngGarbageBytes">How much young garbage gathers before a collection; <c>null</c> for what .NET thinks best.</param>
    /// <param name="arguments">What it is told.</param>
    public static async Task<NodeProcess> StartAsync(int id, long? youngGarbageBytes, IEnumerable<string> arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "NexaLoak.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "snapshot-transfer", "node", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (youngGarbageBytes is long bytes)
        {
            start.Environment["DOTNET_GCGen0MaxBudget"] = "0x" + bytes.ToString("x", CultureInfo.InvariantCulture);
        }

        var node = new NodeProcess(id, Process.Start(start)!);
        await node.ReadAsync();
        return node;
    }

    /// <summary>Asks for something and waits for the answer.</summary>
    public async Task<double[]> AskAsync(string request)
    {
        await _process.StandardInput.WriteLineAsync(request);
        await _process.StandardInput.FlushAsync();
        string answer = await ReadAsync();
        return answer == "ok" ? [] : [.. answer.Split(' ').Select(static number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    public async Task<NodeView> LookAsync() => NodeView.Of(await AskAsync("status"));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<string> ReadAsync()
        => await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The measurement failed: node {Id} has ended; its last words are above.");
}
