using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Reads an HTTP answer. What is not an envelope of the API is never taken for data, whatever its status says.</summary>
internal static class CloudflareResponse
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Turns an answer into a result.</summary>
    public static CloudflareResult<T> Read<T>(HttpResponseMessage response, byte[] body, JsonTypeInfo<T> type, DateTimeOffset now)
        where T : class
    {
        int status = (int)response.StatusCode;
        CloudflareEnvelope? envelope = ParseEnvelope(body);
        if (envelope is null)
        {
            string mediaType = response.Content.Headers.ContentType?.MediaType ?? "no type";
            return new CloudflareResult<T>
            {
                Outcome = response.StatusCode == HttpStatusCode.TooManyRequests ? CloudflareOutcome.RateLimited : CloudflareOutcome.Transient,
                StatusCode = status,
                RetryAfter = RetryAfter(response, now),
                Reason = string.Create(CultureInfo.InvariantCulture, $"HTTP {status} with a body that is not Cloudflare's JSON ({mediaType})"),
            };
        }

        return envelope.Success && response.IsSuccessStatusCode
            ? ReadResult(envelope, status, type)
            : ReadFailure<T>(envelope, response, now);
    }

    private static CloudflareEnvelope? ParseEnvelope(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CloudflareJsonContext.Default.CloudflareEnvelope);
        }
        catch (JsonException)
        {
            // Expected from proxies and overloaded servers; the caller reports it as an unreadable answer.
            return null;
        }
    }

    private static CloudflareResult<T> ReadResult<T>(CloudflareEnvelope envelope, int status, JsonTypeInfo<T> type)
        where T : class
    {
        T? result = null;
        string reason = "the result is missing";
        try
        {
            result = envelope.Result.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : envelope.Result.Deserialize(type);
        }
        catch (JsonException e)
        {
            reason = $"the result at {e.Path} has not the documented form";
        }

        return result is null
            ? new CloudflareResult<T>
            {
                Outcome = CloudflareOutcome.Transient,
                StatusCode = status,
                Reason = string.Create(CultureInfo.InvariantCulture, $"HTTP {status}, but {reason}"),
            }
            : new CloudflareResult<T> { Outcome = CloudflareOutcome.Ok, StatusCode = status, Result = result, ResultInfo = envelope.ResultInfo };
    }

    private static CloudflareResult<T> ReadFailure<T>(CloudflareEnvelope envelope, HttpResponseMessage response, DateTimeOffset now)
        where T : class
    {
        int status = (int)response.StatusCode;
        IReadOnlyList<CloudflareError> errors = envelope.Errors ?? [];
        string list = string.Join("; ", errors.SelectMany(static error => error.Flatten()).Select(static error =>
            string.Create(CultureInfo.InvariantCulture, $"{error.Code} {error.Message}")));
        return new CloudflareResult<T>
        {
            Outcome = Classify(status, errors),
            StatusCode = status,
            Errors = errors,
            RetryAfter = RetryAfter(response, now),
            Reason = string.Create(CultureInfo.InvariantCulture, $"HTTP {status}{(list.Length == 0 ? "" : ", ")}{list}"),
        };
    }

    private static CloudflareOutcome Classify(int status, IReadOnlyList<CloudflareError> errors)
    {
        foreach (CloudflareError error in errors.SelectMany(static error => error.Flatten()))
        {
            if (ClassifyCode(error.Code) is { } outcome)
            {
                return outcome;
            }
        }

        return status switch
        {
            401 or 403 => CloudflareOutcome.Unauthorized,
            404 or 410 => CloudflareOutcome.NotFound,
            429 => CloudflareOutcome.RateLimited,
            408 or 409 or 425 => CloudflareOutcome.Transient,
            >= 400 and < 500 => CloudflareOutcome.Validation,
            _ => CloudflareOutcome.Transient,
        };
    }

    private static CloudflareOutcome? ClassifyCode(int code) => code switch
    {
        CloudflareErrorCode.RecordAlreadyExists or CloudflareErrorCode.IdenticalRecordExists => CloudflareOutcome.AlreadyDone,
        CloudflareErrorCode.RecordDoesNotExist or CloudflareErrorCode.CouldNotRoute or CloudflareErrorCode.NoRoute => CloudflareOutcome.NotFound,
        CloudflareErrorCode.RecordQuotaExceeded => CloudflareOutcome.Quota,
        CloudflareErrorCode.RequestsExceeded or CloudflareErrorCode.Throttled or CloudflareErrorCode.RateLimited => CloudflareOutcome.RateLimited,
        CloudflareErrorCode.InvalidApiToken or CloudflareErrorCode.InvalidRequestHeaders or CloudflareErrorCode.Unauthorized
            or CloudflareErrorCode.UnknownKeyOrEmail or CloudflareErrorCode.MissingAuthentication
            or CloudflareErrorCode.AuthenticationError => CloudflareOutcome.Unauthorized,
        _ => null,
    };

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => null,
        };
        return wait is { } value ? TimeSpan.FromTicks(Math.Clamp(value.Ticks, 0, LongestWait.Ticks)) : null;
    }
}
