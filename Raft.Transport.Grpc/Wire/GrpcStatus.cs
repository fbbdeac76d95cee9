using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Raft.Transport.Grpc.Wire;

/// <summary>The outcome of a call, which stands in its trailers, or in the headers of a response that consists of nothing else.</summary>
internal readonly record struct GrpcStatus(GrpcStatusCode Code, string Message = "")
{
    public override string ToString() => Message.Length == 0 ? Code.ToString() : $"{Code}: {Message}";

    /// <summary>Reads a status; <c>null</c> when the headers hold none.</summary>
    public static GrpcStatus? Find(HttpHeaders headers)
    {
        if (!headers.TryGetValues(GrpcHeaders.Status, out IEnumerable<string>? codes))
        {
            return null;
        }

        string message = headers.TryGetValues(GrpcHeaders.Message, out IEnumerable<string>? messages)
            ? PercentEncoding.Decode(messages.First())
            : string.Empty;
        return int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            ? new GrpcStatus((GrpcStatusCode)code, message)
            : new GrpcStatus(GrpcStatusCode.Unknown, $"The status '{codes.First()}' is not a number.");
    }

    /// <summary>What a response without gRPC means: a proxy or another server answered ("HTTP to gRPC status code mapping" of the specification).</summary>
    public static GrpcStatus FromHttp(HttpStatusCode http)
    {
        GrpcStatusCode code = http switch
        {
            HttpStatusCode.BadRequest => GrpcStatusCode.Internal,
            HttpStatusCode.Unauthorized => GrpcStatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => GrpcStatusCode.PermissionDenied,
            HttpStatusCode.NotFound => GrpcStatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                => GrpcStatusCode.Unavailable,
            _ => GrpcStatusCode.Unknown,
        };
        return new GrpcStatus(code, $"The answer was HTTP status {(int)http}, not gRPC.");
    }
}
