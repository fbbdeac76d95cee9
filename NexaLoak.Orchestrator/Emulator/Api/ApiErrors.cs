using System.Globalization;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>The refusals of the API, with its numbers and words.</summary>
internal static class ApiErrors
{
    public static ApiException NoRoute(string path)
        => new(404, 7003, $"Could not route to {path}, perhaps your object identifier is invalid?") { Second = (7000, "No route for that URI") };

    public static ApiException MethodNotAllowed(string method) => new(405, 7001, $"Method {method} not available for that URI.");

    public static ApiException NotYourZone() => new(403, 9109, "Unauthorized to access requested resource");

    public static ApiException InvalidAccessToken() => new(403, 9109, "Invalid access token");

    public static ApiException InvalidApiToken() => new(401, 1000, "Invalid API Token");

    public static ApiException AddressRefused(string address) => new(403, 9109, $"Cannot use the access token from location: {address}");

    public static ApiException MalformedAuthorization()
        => new(400, 6003, "Invalid request headers", (6111, "Invalid format for Authorization header"));

    public static ApiException MalformedEmail() => new(400, 6003, "Invalid request headers", (6102, "Invalid format for X-Auth-Email header"));

    public static ApiException MalformedKey() => new(400, 6003, "Invalid request headers", (6103, "Invalid format for X-Auth-Key header"));

    public static ApiException UnknownKeyOrEmail() => new(403, 9103, "Unknown X-Auth-Key or X-Auth-Email");

    public static ApiException MissingAuthentication() => new(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");

    public static ApiException RequestsExceeded(int limit, TimeSpan window, TimeSpan wait)
        => new(
            429,
            10100,
            string.Create(
                CultureInfo.InvariantCulture,
                $"More than {limit} requests per {window.TotalSeconds:0} seconds reached. Please wait and consider throttling your request speed"))
        { RetryAfter = wait };

    public static ApiException Throttled(TimeSpan wait)
        => new(429, 971, "Please wait and consider throttling your request speed") { RetryAfter = wait };

    public static ApiException InvalidBody() => new(400, 9207, "Request body is invalid.");

    public static ApiException InvalidName() => new(400, 9000, "DNS name is invalid.");

    public static ApiException InvalidType(string type) => new(400, 1004, "DNS Validation Error", (9004, $"DNS record type {type} is invalid."));

    public static ApiException TypeChange() => new(400, 1004, "DNS Validation Error", (9004, "The type of a DNS record can't be changed."));

    public static ApiException InvalidAddress() => new(400, 9005, "Content for A record must be a valid IPv4 address.");

    public static ApiException InvalidAddress6() => new(400, 9006, "Content for AAAA record must be a valid IPv6 address.");

    public static ApiException InvalidContent(string type) => new(400, 9007, $"Content for {type} record is invalid.");

    public static ApiException InvalidTtl() => new(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");

    public static ApiException NotProxiable() => new(400, 9041, "This DNS record cannot be proxied.");

    public static ApiException TagQuota(int tags) => new(400, 9300, $"DNS record has {tags} tags, exceeding the quota of 0.");

    public static ApiException CommentTooLong(int limit)
        => new(400, 9313, $"DNS record comment exceeds the maximum length of {limit} characters.");

    public static ApiException NoSuchRecord() => new(404, 81044, "Record does not exist.");

    public static ApiException RecordQuota() => new(400, 81045, "Record quota exceeded.");

    public static ApiException HostExists() => new(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");

    public static ApiException IdenticalRecord() => new(400, 81058, "An identical record already exists.");

    public static ApiException BatchTooLarge(int limit)
        => new(400, 1004, "DNS Validation Error", (9207, $"A batch holds at most {limit} operations."));
}
