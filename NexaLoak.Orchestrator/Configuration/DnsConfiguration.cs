namespace NexaLoak.Orchestrator.Configuration;

/// <summary>The service's domain and how to reach the DNS provider.</summary>
/// <param name="Api">Base address of Cloudflare's API, ending in a slash.</param>
/// <param name="Zone">The zone that holds the domain.</param>
/// <param name="Domain">The domain whose address records the fleet keeps.</param>
/// <param name="Ttl">Time to live of the records.</param>
/// <param name="TokenFile">File that holds the API token and nothing else.</param>
internal sealed record DnsConfiguration(Uri Api, string Zone, string Domain, TimeSpan Ttl, string TokenFile);
