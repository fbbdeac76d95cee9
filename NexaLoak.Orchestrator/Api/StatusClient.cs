using System.Net.Sockets;
using System.Text.Json;

namespace NexaLoak.Orchestrator.Api;

/// <summary>Asks nodes for their status. Safe to use from any thread.</summary>
internal sealed class StatusClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="timeout">How long an answer may take.</param>
    public StatusClient(TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = timeout, ActivityHeadersPropagator = null };
        _http = new HttpClient(handler) { Timeout = timeout };
    }

    /// <summary>Asks the API at <paramref name="node"/>.</summary>
    /// <exception cref="IOException">It can't be reached, or did not answer as a node does.</exception>
    public async Task<NodeStatus> GetAsync(Uri node, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.GetFromJsonAsync(new Uri(node, "api/v1/status"), ApiJson.Default.NodeStatus, cancellationToken)
                ?? throw new IOException($"{node} did not answer as a NexaLoak node does.");
        }
        catch (Exception error) when (error is HttpRequestException or SocketException)
        {
            throw new IOException($"{node} can't be asked: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new IOException($"{node} did not answer as a NexaLoak node does.", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{node} did not answer within {_http.Timeout.TotalSeconds:0.#} s.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
