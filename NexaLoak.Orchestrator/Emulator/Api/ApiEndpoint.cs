using System.Globalization;
using System.Text;
using System.Text.Json;
using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Dns;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>Takes requests to the API from HTTP: limits, token, faults, then the work, all of it noted in the journal.</summary>
internal sealed class ApiEndpoint(
    EmulatedZone zone, CloudflareEmulatorOptions options, RequestJournal journal, FaultBoard faults, CancellationToken stopping)
{
    private const double DefaultRetrySeconds = 5;
    private const string ServerErrorPage =
        "<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n<center><h1>500 Internal Server Error</h1></center>\r\n"
        + "<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";

    private readonly ApiRouter _router = new(zone, options);
    private readonly TokenCheck _tokens = new(options.Token);
    private readonly RequestBudget _budget = new(options.RequestLimit, options.RequestWindow, options.TimeProvider);

    /// <summary>Answers a request whose path below the API's root is <paramref name="path"/>.</summary>
    public async Task HandleAsync(HttpContext context, PathString path)
    {
        ApiRequest request = await ReadAsync(context, path);
        long sequence = journal.Begin(sequence => Describe(sequence, request, context.Request));
        int? status = null;
        try
        {
            status = await RespondAsync(context, request, sequence);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            journal.Update(sequence, entry => entry with { Status = status, Completed = true });
        }
    }

    /// <summary>Carries a request out, with its fault.</summary>
    /// <returns>The status of the answer; <c>null</c> when the connection was dropped instead.</returns>
    private async Task<int?> RespondAsync(HttpContext context, ApiRequest request, long sequence)
    {
        ActiveFault? fault = null;
        ApiResponse response;
        try
        {
            CountRequest(context.Response.Headers);
            _tokens.Require(context.Request.Headers, ApiRouter.VerifiesToken(request));
            fault = TakeFault(request, sequence);
            if (fault is not null && await InterruptAsync(fault, context, request) is { } interruption)
            {
                return interruption.Status;
            }

            response = _router.Handle(request, faults.TakeListView(request.Method, request.Path));
            journal.Update(sequence, entry => entry with { Changes = response.Changes });
        }
        catch (ApiException e)
        {
            response = ApiResponse.Of(e);
        }

        switch (fault?.Rule.Kind)
        {
            case FaultKind.HangAfter:
                await fault.HangAsync(options.TimeProvider, stopping);
                break;
            case FaultKind.DropAfter:
                context.Abort();
                return null;
        }

        await WriteAsync(context, response);
        return response.Status;
    }

    /// <summary>Does what a fault does before its request is carried out.</summary>
    /// <returns>The end of the request, or <c>null</c> when it goes on.</returns>
    private async Task<Interruption?> InterruptAsync(ActiveFault fault, HttpContext context, ApiRequest request)
    {
        switch (fault.Rule.Kind)
        {
            case FaultKind.HangBefore:
                await fault.HangAsync(options.TimeProvider, stopping);
                return null;
            case FaultKind.DropBefore:
                context.Abort();
                return new Interruption(Status: null);
            case FaultKind.ServerError:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                context.Response.ContentType = "text/html; charset=UTF-8";
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(ServerErrorPage));
                return new Interruption(StatusCodes.Status500InternalServerError);
            case FaultKind.RateLimit:
                throw ApiErrors.Throttled(TimeSpan.FromSeconds(fault.Rule.Seconds ?? DefaultRetrySeconds));
            case FaultKind.RevokeToken:
                throw TokenCheck.Unknown(ApiRouter.VerifiesToken(request));
            case FaultKind.RefuseAddress:
                throw ApiErrors.AddressRefused(context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
            default:
                return null;
        }
    }

    private ActiveFault? TakeFault(ApiRequest request, long sequence)
    {
        ActiveFault? fault = faults.TakeInterruption(request.Method, request.Path);
        if (fault is not null)
        {
            journal.Update(sequence, entry => entry with { Fault = fault.Rule.Kind });
        }

        return fault;
    }

    private void CountRequest(IHeaderDictionary headers)
    {
        headers["cf-ray"] = string.Create(CultureInfo.InvariantCulture, $"{Random.Shared.NextInt64():x16}-EMU");
        (int remaining, TimeSpan reset) = _budget.Spend();
        headers["x-ratelimit-limit"] = _budget.Limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset"] = Seconds(reset);
    }

    private static async Task<ApiRequest> ReadAsync(HttpContext context, PathString path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string[] segments = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return new ApiRequest(context.Request.Method, context.Request.Path.Value ?? "/", segments, context.Request.Query, body.ToArray());
    }

    private static async Task WriteAsync(HttpContext context, ApiResponse response)
    {
        context.Response.StatusCode = response.Status;
        context.Response.ContentType = "application/json";
        if (response.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Seconds(wait);
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(response.Body.ToJsonString()));
    }

    private static string Seconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private JournalEntry Describe(long sequence, ApiRequest request, HttpRequest http)
    {
        RecordInput? input = Input(request);
        ulong? term = ulong.TryParse(http.Headers[WriteOrigin.TermHeader], NumberStyles.None, CultureInfo.InvariantCulture, out ulong header)
            ? header
            : RecordOwner.TryParse(input?.Comment, out RecordOwner? owner) ? owner.Term : null;
        return new JournalEntry
        {
            Sequence = sequence,
            Time = options.TimeProvider.GetUtcNow(),
            Method = request.Method,
            Path = request.Path + http.QueryString.Value,
            Term = term,
            Operation = http.Headers[WriteOrigin.OperationHeader],
            Record = Named(request, input),
        };
    }

    /// <summary>The record that a request is about: what its body says, completed from the zone.</summary>
    private JournalRecord? Named(ApiRequest request, RecordInput? input)
    {
        string? id = request.Segments is ["zones", _, "dns_records", var last] && last != "batch" ? last : null;
        EmulatedRecord? old = id is null ? null : zone.Records.FirstOrDefault(record => record.Id == id);
        return id is null && input is null
            ? null
            : new JournalRecord(
                id, input?.Type ?? old?.Type, input?.Name ?? old?.Name, input?.Content ?? old?.Content, input?.Comment ?? old?.Comment);
    }

    private static RecordInput? Input(ApiRequest request)
    {
        if (request.Body.Length == 0 || request.Segments is [.., "batch"])
        {
            return null;
        }

        try
        {
            return RecordInput.Parse(JsonElement.Parse(request.Body));
        }
        catch (Exception e) when (e is JsonException or ApiException)
        {
            // The request will be refused for it; the journal then has only its path and status.
            return null;
        }
    }

    /// <summary>The end of a request that was not carried out; without a status when the connection was dropped.</summary>
    private sealed record Interruption(int? Status);
}
