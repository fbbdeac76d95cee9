namespace NexaLoak.Orchestrator.Configuration;

/// <summary>What a configuration need not say about the DNS provider.</summary>
internal static class DnsDefaults
{
    /// <summary>Base address of Cloudflare's API.</summary>
    public const string CloudflareApi = "https://api.cloudflare.com/client/v4/";
}
