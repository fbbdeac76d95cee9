using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using NexaLoak.Tests.Orchestrator;

namespace NexaLoak.Tests.Jepsen;

/// <summary>A <c>raft-jepsen serve</c> of a cluster of one, in plain text, in a process of its own.</summary>
internal sealed class ServedNode : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly string _data = Directory.CreateTempSubdirectory("raft-jepsen-serve-").FullName;
    private readonly ProgramRun _run;

    /// <param name="membership">Whether it founds a cluster or joins one.</param>
    public ServedNode(params string[] membership)
    {
        IPEndPoint api = LoopbackPort.Reserve();
        IPEndPoint peers = LoopbackPort.Reserve();

        // The last number of the address is the id of the node.
        string id = peers.Address.GetAddressBytes()[3].ToString(CultureInfo.InvariantCulture);
        string pattern = peers.ToString().Replace($".{id}:", ".{to}:", StringComparison.Ordinal);
        string[] members = membership.Length > 0 ? membership : ["--members", id];
        _http.BaseAddress = new Uri($"http://{api}");
        _run = ProgramRun.StartFile(
            "raft-jepsen.dll",
            ["serve", "--id", id, "--peers", $"http://{pattern}", "--api", $"{api}", "--data", _data, "--snapshot-entries", "5", .. members]);
    }

    /// <summary>Waits until it answers, with a leader if it can have one.</summary>
    public Task ReadyAsync(bool leads = true) => Eventually.HoldsAsync(
        async () =>
        {
            try
            {
                (int code, JsonElement status) = await GetAsync("/v1/status");
                return code == 200 && (!leads || status.GetProperty("role").GetString() == "leader");
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        $"the node answers; it wrote: {string.Join('\n', _run.Output)} {string.Join('\n', _run.Errors)}");

    public async Task<(int Code, JsonElement Answer)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<(int Code, JsonElement Answer)> PostAsync(string path, string body)
    {
        (int code, byte[] answer) = await PostAsync(path, Encoding.UTF8.GetBytes(body));
        return (code, JsonDocument.Parse(answer).RootElement);
    }

    public async Task<(int Code, byte[] Answer)> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using HttpResponseMessage response = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Asks the node to end.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> TerminateAsync() => _run.TerminateAsync();

    public void Dispose()
    {
        _run.Dispose();
        _http.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
