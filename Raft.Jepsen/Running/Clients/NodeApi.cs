using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running.Clients;

/// <summary>The HTTP client of the nodes. Safe to use from any thread.</summary>
/// <param name="network">Leads to them.</param>
internal sealed class NodeApi(INodeNetwork network) : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    // Nothing is sent twice: the handler repeats a request only as long as none of its content was sent, and each but the report has content.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, ConnectTimeout = ConnectLimit, ConnectCallback = (asked, end) => ConnectAsync(network, asked.DnsEndPoint, end),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends something to a node, once.</summary>
    /// <param name="api">Where the node serves clients.</param>
    /// <param name="path">What for; see <see cref="StoreEndpoints"/>.</param>
    /// <param name="body">The request.</param>
    /// <param name="limit">Time for the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Answer> PostAsync(IPEndPoint api, string path, byte[] body, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            using var content = new ByteArrayContent(body);
            using HttpResponseMessage response = await _http.PostAsync(new Uri($"http://{api}{path}"), content, end.Token).ConfigureAwait(false);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(end.Token).ConfigureAwait(false);
            return Answer.Of(new StoreAnswer((int)response.StatusCode, bytes)
            {
                IsBinary = response.Content.Headers.ContentType?.MediaType != "application/json",
            });
        }
        catch (Exception error) when (error is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
        {
            // Not even a connection: nothing was sent.
            return Answer.Failed("no connection");
        }
        catch (HttpRequestException error)
        {
            return Answer.Unclear(error.InnerException?.Message ?? error.Message);
        }
        catch (OperationCanceledException)
        {
            return Answer.Unclear("no answer in time");
        }
    }

    /// <summary>A node's view of itself; <c>null</c> when it does not answer.</summary>
    public async Task<NodeReport?> ReportAsync(ulong node, IPEndPoint api, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            byte[] bytes = await _http.GetByteArrayAsync(new Uri($"http://{api}{StoreEndpoints.Status}"), end.Token).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(bytes);
            return NodeReport.Read(node, document.RootElement);
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(INodeNetwork network, DnsEndPoint node, CancellationToken cancellationToken)
    {
        var address = IPAddress.Parse(node.Host);
        Socket socket = await network.OpenSocketAsync(address).ConfigureAwait(false);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(address, node.Port), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
