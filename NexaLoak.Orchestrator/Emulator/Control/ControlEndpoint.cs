using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NexaLoak.Orchestrator.Emulator.Faults;
using NexaLoak.Orchestrator.Emulator.Journal;

namespace NexaLoak.Orchestrator.Emulator.Control;

/// <summary>Lets other processes set faults and read the journal, under <c>/emulator</c>.</summary>
internal sealed class ControlEndpoint(FaultBoard faults, RequestJournal journal)
{
    /// <summary>Answers a request whose path below <c>/emulator</c> is <paramref name="path"/>.</summary>
    public Task HandleAsync(HttpContext context, PathString path)
    {
        string[] segments = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (context.Request.Method, segments)
        {
            case ("GET", ["journal"]):
                IReadOnlyList<JournalEntry> entries = Selected(context.Request.Query);
                return WriteAsync(context, StatusCodes.Status200OK, entries, EmulatorJsonContext.Default.IReadOnlyListJournalEntry);
            case ("GET", ["faults"]):
                FaultState[] states = [.. faults.Faults.Select(FaultState.Of)];
                return WriteAsync(context, StatusCodes.Status200OK, states, EmulatorJsonContext.Default.FaultStateArray);
            case ("POST", ["faults"]):
                return AddAsync(context);
            case ("DELETE", ["faults"]):
                faults.Clear();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            case ("DELETE", ["faults", var id]):
                bool removed = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && faults.Remove(number);
                context.Response.StatusCode = removed ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            default:
                return RefuseAsync(
                    context, StatusCodes.Status404NotFound, $"{context.Request.Method} {context.Request.Path} is nothing the emulator does.");
        }
    }

    private IReadOnlyList<JournalEntry> Selected(IQueryCollection query)
    {
        bool writes = query["writes"] == "true";
        long since = long.TryParse(query["since"], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
        return [.. journal.Entries.Where(entry => entry.Sequence > since && (!writes || entry.IsWrite))];
    }

    private async Task AddAsync(HttpContext context)
    {
        try
        {
            FaultRule rule = await JsonSerializer.DeserializeAsync(
                context.Request.Body, EmulatorJsonContext.Default.FaultRule, context.RequestAborted)
                ?? throw new JsonException("null is not a fault.");
            await WriteAsync(context, StatusCodes.Status201Created, FaultState.Of(faults.Add(rule)), EmulatorJsonContext.Default.FaultState);
        }
        catch (Exception e) when (e is JsonException or ValidationException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
        => WriteAsync(context, status, new ControlError(error), EmulatorJsonContext.Default.ControlError);

    private static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));
    }
}
