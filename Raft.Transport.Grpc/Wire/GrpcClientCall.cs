using System.Net;
using System.Net.Sockets;

namespace Raft.Transport.Grpc.Wire;

/// <summary>
/// The client's side of one streaming call. Messages may be written before the server has answered: some servers answer only after the first one. One
/// writer at a time. Disposing it cancels the call (RST_STREAM).
/// </summary>
internal sealed class GrpcClientCall : IAsyncDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly DuplexContent _content = new();

    private GrpcClientCall(
        HttpMessageInvoker invoker, Uri method, IEnumerable<KeyValuePair<string, string>> metadata, int maxMessageBytes, Action<ReadOnlyMemory<byte>> onReply)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _content,
        };
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.Add(GrpcHeaders.AcceptEncoding, GrpcHeaders.Identity);
        foreach ((string name, string value) in metadata)
        {
            request.Headers.Add(name, value);
        }

        Completion = RunAsync(invoker, request, maxMessageBytes, onReply);
    }

    /// <summary>How the call ended; never faults.</summary>
    public Task<GrpcStatus> Completion { get; }

    /// <summary>Begins a call.</summary>
    /// <param name="invoker">Sends it.</param>
    /// <param name="method">Address of the method.</param>
    /// <param name="metadata">Headers of the call.</param>
    /// <param name="maxMessageBytes">Largest reply that is accepted.</param>
    /// <param name="onReply">Called for each reply; the bytes are valid during the call. A <see cref="GrpcException"/> that it throws ends the call.</param>
    public static GrpcClientCall Start(
        HttpMessageInvoker invoker, Uri method, IEnumerable<KeyValuePair<string, string>> metadata, int maxMessageBytes, Action<ReadOnlyMemory<byte>> onReply)
        => new(invoker, method, metadata, maxMessageBytes, onReply);

    /// <summary>Completes when messages can be written; canceled when the call ended before.</summary>
    public Task WaitForConnectionAsync(CancellationToken cancellationToken) => _content.Stream.WaitAsync(cancellationToken);

    /// <summary>Sends a message that stands in its frame already; waits for the connection, and for the server to make room.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        Stream stream = await _content.Stream.WaitAsync(cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _cancellation.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        _cancellation.Dispose();
    }

    private async Task<GrpcStatus> RunAsync(
        HttpMessageInvoker invoker, HttpRequestMessage request, int maxMessageBytes, Action<ReadOnlyMemory<byte>> onReply)
    {
        // The constructor returns before anything is sent.
        await Task.Yield();
        try
        {
            using HttpResponseMessage response = await invoker.SendAsync(request, _cancellation.Token).ConfigureAwait(false);
            return await ReadResponseAsync(response, maxMessageBytes, onReply).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            return e.Status;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            return new GrpcStatus(GrpcStatusCode.Cancelled, "The call was canceled.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or SocketException)
        {
            // A bare SocketException comes from .NET (10.0) where a connection is reset as soon as it is made: it asks for the peer's address and finds none.
            // The outer messages refer to the inner ones, and the innermost names the cause.
            return new GrpcStatus(GrpcStatusCode.Unavailable, e.GetBaseException().Message);
        }
        finally
        {
            _content.Abandon();
            request.Dispose();
        }
    }

    private async Task<GrpcStatus> ReadResponseAsync(HttpResponseMessage response, int maxMessageBytes, Action<ReadOnlyMemory<byte>> onReply)
    {
        if (GrpcStatus.Find(response.Headers) is { } only)
        {
            return only;
        }

        if (response.StatusCode != HttpStatusCode.OK || !GrpcHeaders.IsGrpc(response.Content.Headers.ContentType?.ToString()))
        {
            return GrpcStatus.FromHttp(response.StatusCode);
        }

        Stream body = await response.Content.ReadAsStreamAsync(_cancellation.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var replies = new GrpcFrameReader(body, maxMessageBytes);
            while (await replies.ReadAsync(_cancellation.Token).ConfigureAwait(false))
            {
                onReply(replies.Message);
            }
        }

        return GrpcStatus.Find(response.TrailingHeaders) ?? new GrpcStatus(GrpcStatusCode.Unknown, "The call ended without a status.");
    }
}
