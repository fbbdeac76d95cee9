using System.Diagnostics;
using System.Net;
using NexaLoak.Orchestrator.Configuration;

namespace NexaLoak.Benchmarks.Fleet;

/// <summary>One <c>nexaloak serve</c> process, watched from outside.</summary>
internal sealed class MeasuredNode(string folder, IPEndPoint api) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{api}/") };
    private Process? _process;

    public double ResidentMiB
    {
        get
        {
            Running.Refresh();
            return Running.WorkingSet64 / (1024.0 * 1024.0);
        }
    }

    private Process Running => _process ?? throw new InvalidOperationException("The node was not started.");

    /// <summary>Starts the process and waits until a path of its API answers with success.</summary>
    /// <returns>Milliseconds from one to the other.</returns>
    public async Task<double> StartAsync(string path)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "nexaloak.dll");
        string[] arguments = ["exec", program, "serve", "--config", Path.Combine(folder, FleetFolder.ConfigurationFile)];
        long started = Stopwatch.GetTimestamp();
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        while (!await AnswersAsync(path))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException($"The node in {folder} does not answer; its last words are above.");
            }

            await Task.Delay(PollInterval);
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Share of one core that the process uses in the coming time.</summary>
    public async Task<double> CpuPercentAsync(TimeSpan duration)
    {
        Running.Refresh();
        TimeSpan before = Running.TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        Running.Refresh();
        return 100 * (Running.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(started);
    }

    public void Kill()
    {
        Running.Kill();
        Running.WaitForExit();
        Running.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            Kill();
        }

        _client.Dispose();
    }

    private async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(path);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
