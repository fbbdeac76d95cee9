using System.Net;
using System.Net.Http.Headers;

namespace Raft.Transport.Grpc.Wire;

/// <summary>A request body that is written to while the response is already being read.</summary>
internal sealed class DuplexContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DuplexContent() => Headers.ContentType = new MediaTypeHeaderValue(GrpcHeaders.ContentType);

    /// <summary>Where the body goes, once the connection is there; canceled when it never will be.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the wait for a stream that will not come any more.</summary>
    public void Abandon() => _stream.TrySetCanceled();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The request's headers leave with the first flush, and the server shall learn of the call before there is a message for it.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (!_stream.TrySetResult(stream))
        {
            throw new IOException("A stream can't be sent a second time.");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
