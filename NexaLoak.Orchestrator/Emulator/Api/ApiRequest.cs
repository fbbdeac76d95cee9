namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>A request to the API, read in full.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path below the host.</param>
/// <param name="Segments">The parts of the path below <c>/client/v4</c>.</param>
/// <param name="Query">The query's parameters.</param>
/// <param name="Body">The body; empty when there is none.</param>
internal sealed record ApiRequest(string Method, string Path, string[] Segments, IQueryCollection Query, byte[] Body)
{
    /// <summary>The one value of a query parameter, or <c>null</c>.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var values) ? values[^1] : null;
}
