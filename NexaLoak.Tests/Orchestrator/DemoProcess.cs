using System.Net.Http.Json;
using System.Text.Json;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>A <c>nexaloak demo --json</c> in a process of its own, and what it tells.</summary>
internal sealed class DemoProcess : IDisposable
{
    private readonly ProgramRun _run;
    private readonly HttpClient _http = new();

    private DemoProcess(ProgramRun run) => _run = run;

    public ProgramRun Run => _run;

    /// <summary>The events so far.</summary>
    public IReadOnlyList<JsonElement> Events => [.. _run.Output.Select(line => JsonElement.Parse(line))];

    /// <summary>The first event: the fleet as it was when it became ready.</summary>
    public JsonElement Ready { get; private set; }

    /// <summary>The names of the nodes.</summary>
    public IReadOnlyList<string> Nodes
        => [.. Ready.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()!)];

    /// <summary>The demo's folder of files.</summary>
    public string Folder => Path.GetDirectoryName(Ready.GetProperty("data").GetString()!)!;

    /// <summary>Starts a demo and waits until its fleet is ready.</summary>
    public static async Task<DemoProcess> StartAsync(params string[] arguments)
    {
        var demo = new DemoProcess(ProgramRun.Start(["demo", "--json", .. arguments]));
        try
        {
            demo.Ready = await demo.WaitForAsync("ready", _ => true);
        }
        catch
        {
            demo.Dispose();
            throw;
        }

        return demo;
    }

    /// <summary>Waits for an event of the given kind.</summary>
    public async Task<JsonElement> WaitForAsync(string kind, Func<JsonElement, bool> matches)
    {
        JsonElement found = default;
        await Eventually.Holds(
            () =>
            {
                found = Events.FirstOrDefault(happened => IsA(happened, kind) && matches(happened));
                bool ended = found.ValueKind is JsonValueKind.Undefined && _run.HasExited;
                Assert.That(ended, Is.False, $"the demo ended without '{kind}': {string.Join('\n', _run.Errors)}");
                return found.ValueKind is JsonValueKind.Object;
            },
            $"the demo reports '{kind}'",
            TimeSpan.FromSeconds(120));
        return found;
    }

    public IEnumerable<JsonElement> Of(string kind) => Events.Where(happened => IsA(happened, kind));

    public int PidOf(string node) => NodeOf(node).GetProperty("pid").GetInt32();

    public string IpOf(string node) => NodeOf(node).GetProperty("ip").GetString()!;

    public Uri ApiOf(string node) => new(NodeOf(node).GetProperty("api").GetString()!);

    /// <summary>Every request that the emulated Cloudflare got so far, in the order of arrival.</summary>
    public async Task<IReadOnlyList<JsonElement>> JournalAsync()
        => (await _http.GetFromJsonAsync<JsonElement>(Ready.GetProperty("journal").GetString())).EnumerateArray().ToList();

    /// <summary>Sets a fault in the emulated Cloudflare.</summary>
    /// <returns>Its address: deleting it ends the fault.</returns>
    public async Task<Uri> SetFaultAsync(object fault)
    {
        var faults = new Uri(new Uri(Ready.GetProperty("journal").GetString()!), "faults");
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(faults, fault);
        JsonElement set = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return new Uri($"{faults}/{set.GetProperty("id").GetInt64()}");
    }

    public async Task RemoveFaultAsync(Uri fault)
    {
        using HttpResponseMessage answer = await _http.DeleteAsync(fault);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>True when no process of the demo runs any more, and no file of it is left.</summary>
    public bool IsGone()
        => !Directory.Exists(Folder)
            && !Directory.EnumerateDirectories("/proc").Any(process => CommandLine(process).Contains(Folder, StringComparison.Ordinal));

    public void Dispose()
    {
        _run.Dispose();
        _http.Dispose();
    }

    private static bool IsA(JsonElement happened, string kind) => happened.GetProperty("event").GetString() == kind;

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not a process, or one that has just ended.
            return "";
        }
    }

    private JsonElement NodeOf(string node)
        => Ready.GetProperty("nodes").EnumerateArray().First(one => one.GetProperty("id").GetString() == node);
}
