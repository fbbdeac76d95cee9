namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Names an object of the API.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
internal sealed record ObjectId(string Id);
