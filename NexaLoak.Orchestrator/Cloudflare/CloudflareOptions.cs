using System.ComponentModel.DataAnnotations;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>How to reach Cloudflare's API.</summary>
internal sealed record CloudflareOptions
{
    /// <summary>Root of Cloudflare's own API.</summary>
    public const string DefaultBaseAddress = "https://api.cloudflare.com/client/v4/";

    /// <summary>Root of the API, with a slash at its end. Another address than Cloudflare's own is for the emulator.</summary>
    public Uri BaseAddress { get; init; } = new(DefaultBaseAddress);

    /// <summary>
    /// File whose only content is an API token with Zone:Read and DNS:Edit. Read before each request, so that a new token needs no restart.
    /// </summary>
    public required string TokenFile { get; init; }

    /// <summary>Time in which a request has to be answered in full, once it is sent.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a read is tried again when it brought no readable answer. Writes never are: their caller lists first.</summary>
    public int ReadRetries { get; init; } = 2;

    /// <summary>Wait before the first retry of a read; doubles with each.</summary>
    public TimeSpan ReadRetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Requests a second that the client allows itself on average. Cloudflare blocks a user for 5 minutes after 1200 requests in 5 minutes.
    /// </summary>
    public int RequestsPerSecond { get; init; } = 3;

    /// <summary>Requests that may go out at once after a quiet time.</summary>
    public int RequestBurst { get; init; } = 20;

    /// <summary>Records asked for in one page of a list.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(
            BaseAddress is { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" } && BaseAddress.AbsolutePath.EndsWith('/'),
            nameof(BaseAddress),
            "an absolute URL that ends with a slash");
        Require(
            BaseAddress.Scheme == Uri.UriSchemeHttps || (BaseAddress.Scheme == Uri.UriSchemeHttp && BaseAddress.IsLoopback),
            nameof(BaseAddress),
            "an https URL, because the token is sent there; http is for this machine only");
        Require(!string.IsNullOrWhiteSpace(TokenFile), nameof(TokenFile), "the name of a file");
        Require(
            RequestTimeout > TimeSpan.Zero && RequestTimeout <= TimeSpan.FromMinutes(5), nameof(RequestTimeout), "more than 0 and at most 5 minutes");
        Require(ReadRetries is >= 0 and <= 10, nameof(ReadRetries), "0 to 10");
        Require(ReadRetryDelay >= TimeSpan.Zero && ReadRetryDelay <= TimeSpan.FromMinutes(1), nameof(ReadRetryDelay), "0 to 1 minute");
        Require(RequestsPerSecond is >= 1 and <= 1000, nameof(RequestsPerSecond), "1 to 1000");
        Require(RequestBurst is >= 1 and <= 1000, nameof(RequestBurst), "1 to 1000");
        Require(PageSize is >= 5 and <= 5000, nameof(PageSize), "5 to 5000");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"{nameof(CloudflareOptions)}.{name} must be {bound}.");
            }
        }
    }
}
