using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Raft.Transport.Grpc.Wire;

/// <summary>The server's side of one streaming call. It lasts as long as both sides want it to.</summary>
internal sealed class GrpcServerCall : IDisposable
{
    private readonly GrpcFrameWriter _writer = new();

    private GrpcServerCall(HttpContext context, int maxMessageBytes)
    {
        HttpContext = context;
        Requests = new GrpcFrameReader(context.Request.Body, maxMessageBytes);
    }

    /// <summary>The request that carries the call.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>What the caller sends.</summary>
    public GrpcFrameReader Requests { get; }

    /// <summary>Runs a method for a request and reports to the caller how it ended.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maxMessageBytes">Largest message that is accepted.</param>
    /// <param name="method">The method. Ends the call with another status than OK by throwing <see cref="GrpcException"/>.</param>
    /// <param name="logger">Told of failures that are nobody's intention.</param>
    /// <param name="stopping">Ends the call with the status UNAVAILABLE.</param>
    public static async Task ServeAsync(
        HttpContext context, int maxMessageBytes, Func<GrpcServerCall, CancellationToken, Task> method, ILogger logger, CancellationToken stopping)
    {
        if (RefusalOfHttp(context.Request) is { } refusal)
        {
            context.Response.StatusCode = refusal;
            return;
        }

        context.Response.ContentType = GrpcHeaders.ContentType;
        LiftLimits(context.Features);
        using var deadline = new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, deadline.Token);
        using var call = new GrpcServerCall(context, maxMessageBytes);
        try
        {
            call.ReadHeaders(deadline);
            await method(call, end.Token).ConfigureAwait(false);
            call.Finish(new GrpcStatus(GrpcStatusCode.Ok));
        }
        catch (GrpcException e)
        {
            call.Finish(e.Status);
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // The caller has gone: nobody is left to be told.
            logger.CallAborted(context.Connection.Id, e.Message);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            call.Finish(stopping.IsCancellationRequested
                ? new GrpcStatus(GrpcStatusCode.Unavailable, "The node is stopping.")
                : new GrpcStatus(GrpcStatusCode.DeadlineExceeded, "The caller's time is over."));
        }
#pragma warning disable CA1031 // The outermost frame of a call: whatever went wrong ends this call only, and the caller must be told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.CallFailed(context.Request.Path, e);
            call.Finish(new GrpcStatus(GrpcStatusCode.Internal, "The call failed; the log of the server says why."));
        }
    }

    /// <summary>Value of a header of ASCII metadata.</summary>
    /// <exception cref="GrpcException">The header is missing, or comes more than once.</exception>
    public string RequireHeader(string name)
        => HttpContext.Request.Headers[name] is [{ } value]
            ? value
            : throw new GrpcException(GrpcStatusCode.InvalidArgument, $"The call must carry the header {name} once.");

    /// <summary>Value of a header of ASCII metadata; <c>null</c> when the call does not carry it.</summary>
    /// <exception cref="GrpcException">The header comes more than once.</exception>
    public string? FindHeader(string name) => HttpContext.Request.Headers[name].Count == 0 ? null : RequireHeader(name);

    /// <summary>Sends a message, and the headers before the first one.</summary>
    public async Task ReplyAsync(IMessage message, CancellationToken cancellationToken)
    {
        _writer.Clear();
        message.WriteTo(_writer);
        await HttpContext.Response.Body.WriteAsync(_writer.Finish(), cancellationToken).ConfigureAwait(false);
        await HttpContext.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Requests.Dispose();
        _writer.Dispose();
    }

    private static int? RefusalOfHttp(HttpRequest request)
        => !HttpProtocol.IsHttp2(request.Protocol) ? StatusCodes.Status505HttpVersionNotsupported
            : !GrpcHeaders.IsGrpc(request.ContentType) ? StatusCodes.Status415UnsupportedMediaType
            : null;

    // A stream that is silent for hours, or carries gigabytes in its lifetime, is as it should be.
    private static void LiftLimits(IFeatureCollection features)
    {
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private void ReadHeaders(CancellationTokenSource deadline)
    {
        IHeaderDictionary headers = HttpContext.Request.Headers;
        if (headers[GrpcHeaders.Encoding] is [{ } encoding, ..] && encoding != GrpcHeaders.Identity)
        {
            HttpContext.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Identity;
            throw new GrpcException(GrpcStatusCode.Unimplemented, $"Messages in the encoding '{encoding}' are not understood; send them as they are.");
        }

        if (headers[GrpcHeaders.Timeout] is [{ } text, ..])
        {
            if (!GrpcTimeout.TryParse(text, out TimeSpan timeout))
            {
                throw new GrpcException(GrpcStatusCode.InvalidArgument, $"The header {GrpcHeaders.Timeout} is malformed: '{text}'.");
            }

            // Timers end at about 49 days; a longer timeout is none.
            if (timeout.TotalMilliseconds < uint.MaxValue - 1)
            {
                deadline.CancelAfter(timeout);
            }
        }
    }

    private void Finish(GrpcStatus status)
    {
        HttpResponse response = HttpContext.Response;
        string code = ((int)status.Code).ToString(CultureInfo.InvariantCulture);
        string message = PercentEncoding.Encode(status.Message);
        if (!response.HasStarted)
        {
            // Nothing was sent yet: the status goes into the headers, and they are the whole response.
            response.Headers[GrpcHeaders.Status] = code;
            if (message.Length > 0)
            {
                response.Headers[GrpcHeaders.Message] = message;
            }
        }
        else if (response.SupportsTrailers())
        {
            response.AppendTrailer(GrpcHeaders.Status, code);
            if (message.Length > 0)
            {
                response.AppendTrailer(GrpcHeaders.Message, message);
            }
        }
    }
}
