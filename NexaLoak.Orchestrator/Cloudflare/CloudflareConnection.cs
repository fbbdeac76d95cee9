using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using System.Threading.RateLimiting;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Sends requests, with the token, within the rate limit and the timeout, and reads what comes back.</summary>
internal sealed partial class CloudflareConnection : IDisposable
{
    private const int MaxBodyBytes = 16 << 20;
    private const int MaxWaiting = 100;
    private const int MaxReasonLength = 500;
    private const int MaxListAttempts = 3;

    private readonly CloudflareOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CloudflareTokenFile _tokenFile;
    private readonly HttpClient _http;
    private readonly TokenBucketRateLimiter _limiter;
    private long _pausedUntil;

    public CloudflareConnection(CloudflareOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _tokenFile = new CloudflareTokenFile(options.TokenFile);
        _http = CreateHttpClient(options);
        _limiter = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RequestBurst,
            TokensPerPeriod = options.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = MaxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _pausedUntil = time.GetTimestamp();
    }

    /// <summary>Records asked for in one page.</summary>
    public int PageSize => _options.PageSize;

    /// <summary>The file that the token comes from.</summary>
    public string TokenFile => _tokenFile.Path;

    /// <summary>Sends a read, and again a few times if no readable answer comes.</summary>
    public async Task<CloudflareResult<T>> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        TimeSpan delay = _options.ReadRetryDelay;
        for (int attempt = 0; ; attempt++)
        {
            CloudflareResult<T> result = await SendAsync(HttpMethod.Get, path, body: null, type, origin: null, cancellationToken);
            if (result.Outcome != CloudflareOutcome.Transient || attempt >= _options.ReadRetries)
            {
                return result;
            }

            await Task.Delay(delay, _time, cancellationToken);
            delay *= 2;
        }
    }

    /// <summary>
    /// Sends a write, once. It has a body even if that is empty: the HTTP handler sends a request without one again by itself, up to three
    /// times, when the other end closes without an answer, although it may have been carried out.
    /// </summary>
    public Task<CloudflareResult<T>> WriteAsync<T>(
        HttpMethod method, string path, HttpContent body, JsonTypeInfo<T> type, WriteOrigin? origin, CancellationToken cancellationToken)
        where T : class
        => SendAsync(method, path, body, type, origin, cancellationToken);

    /// <summary>
    /// Reads all pages of a list. Pages are numbered, so a change between two of them can hide or repeat an object: then the list is read anew.
    /// </summary>
    public async Task<CloudflareResult<IReadOnlyList<T>>> ReadAllAsync<T>(
        string path, QueryText query, int perPage, JsonTypeInfo<IReadOnlyList<T>> type, Func<T, string> id, CancellationToken cancellationToken)
        where T : class
    {
        for (int attempt = 0; attempt < MaxListAttempts; attempt++)
        {
            CloudflareResult<IReadOnlyList<T>>? result = await TryReadAllAsync(path, query, perPage, type, id, cancellationToken);
            if (result is not null)
            {
                return result;
            }
        }

        return new CloudflareResult<IReadOnlyList<T>>
        {
            Outcome = CloudflareOutcome.Transient,
            Reason = $"the list {path} changed while its pages were read, {MaxListAttempts} times in a row",
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _limiter.Dispose();
    }

    private static HttpClient CreateHttpClient(CloudflareOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !options.BaseAddress.IsLoopback,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = options.RequestTimeout,
        };
        var http = new HttpClient(handler)
        {
            BaseAddress = options.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxBodyBytes,
        };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        string? version = typeof(CloudflareConnection).Assembly.GetName().Version?.ToString(3);
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nexaloak", version));
        return http;
    }

    /// <summary>Reads all pages once; <c>null</c> when they do not fit together.</summary>
    private async Task<CloudflareResult<IReadOnlyList<T>>?> TryReadAllAsync<T>(
        string path, QueryText query, int perPage, JsonTypeInfo<IReadOnlyList<T>> type, Func<T, string> id, CancellationToken cancellationToken)
        where T : class
    {
        var items = new List<T>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        int? total = null;
        for (int page = 1; ; page++)
        {
            CloudflareResult<IReadOnlyList<T>> result = await ReadAsync(path + query.ForPage(page, perPage), type, cancellationToken);
            if (result.Outcome != CloudflareOutcome.Ok)
            {
                return result;
            }

            if (result.ResultInfo is not { } info)
            {
                return result with { Outcome = CloudflareOutcome.Transient, Result = null, Reason = "a list came without its page numbers" };
            }

            IReadOnlyList<T> batch = result.Value;
            total ??= info.TotalCount;
            if (info.Page != page || info.TotalCount != total || !batch.All(item => ids.Add(id(item))))
            {
                return null;
            }

            items.AddRange(batch);
            if (items.Count == total)
            {
                return result with { Result = items };
            }

            if (batch.Count == 0 || items.Count > total)
            {
                return null;
            }
        }
    }

    private async Task<CloudflareResult<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, WriteOrigin? origin, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        string token;
        try
        {
            token = await _tokenFile.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException e)
        {
            return new CloudflareResult<T> { Outcome = CloudflareOutcome.Unauthorized, Reason = e.Message };
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (origin is not null)
        {
            request.Headers.Add(WriteOrigin.TermHeader, origin.Term.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(WriteOrigin.OperationHeader, origin.Operation);
        }

        using RateLimitLease lease = await _limiter.AcquireAsync(1, cancellationToken);
        if (!lease.IsAcquired || Pause() is not null)
        {
            return new CloudflareResult<T>
            {
                Outcome = CloudflareOutcome.RateLimited,
                RetryAfter = Pause() ?? TimeSpan.FromSeconds(1),
                Reason = "not sent, to stay within Cloudflare's rate limit",
            };
        }

        long started = _time.GetTimestamp();
        CloudflareResult<T> result = await ExchangeAsync(request, type, cancellationToken);
        if (result is { Outcome: CloudflareOutcome.RateLimited, RetryAfter: { } wait })
        {
            PauseFor(wait);
        }

        result = result with { Reason = Clean(result.Reason, token) };
        TimeSpan elapsed = _time.GetElapsedTime(started);
        LogAnswer(method.Method, path, result.Outcome, result.StatusCode, elapsed, result.Reason);
        return result;
    }

    private async Task<CloudflareResult<T>> ExchangeAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return CloudflareResponse.Read(response, body, type, _time.GetUtcNow());
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return NoAnswer<T>($"{_options.BaseAddress.Authority} can't be reached or broke off: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer<T>(string.Create(
                CultureInfo.InvariantCulture,
                $"{_options.BaseAddress.Authority} did not answer within {_options.RequestTimeout.TotalSeconds:0.###} s"));
        }

        static CloudflareResult<TResult> NoAnswer<TResult>(string reason)
            where TResult : class
            => new() { Outcome = CloudflareOutcome.Transient, Reason = reason };
    }

    /// <summary>How long Cloudflare still wants no requests; <c>null</c> when it does not mind.</summary>
    private TimeSpan? Pause()
    {
        TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), Interlocked.Read(ref _pausedUntil));
        return left > TimeSpan.Zero ? left : null;
    }

    private void PauseFor(TimeSpan wait)
    {
        long until = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        long seen = Interlocked.Read(ref _pausedUntil);
        while (until > seen)
        {
            long found = Interlocked.CompareExchange(ref _pausedUntil, until, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    /// <summary>Makes text from outside fit for one line of a log, and removes the token should the other end repeat it.</summary>
    private static string Clean(string text, string token)
    {
        string line = string.Concat(text.Replace(token, "[token]", StringComparison.Ordinal).Select(static c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxReasonLength ? line : string.Concat(line.AsSpan(0, MaxReasonLength), "…");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: {Outcome} (HTTP {Status}) after {Elapsed} {Reason}")]
    private partial void LogAnswer(string method, string path, CloudflareOutcome outcome, int? status, TimeSpan elapsed, string reason);
}
