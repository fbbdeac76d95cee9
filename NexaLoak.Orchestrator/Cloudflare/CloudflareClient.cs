using Microsoft.Extensions.Logging.Abstractions;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>
/// Cloudflare's API v4, as far as the service domain needs it. No call throws because of what Cloudflare answers or fails to answer: the result says what
/// came of it. Thread-safe; one instance keeps one rate limit.
/// </summary>
internal sealed class CloudflareClient : IDisposable
{
    private readonly CloudflareConnection _connection;

    /// <summary>Creates a client. Nothing is sent, and the token is not read, before the first call.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its bounds.</exception>
    public CloudflareClient(CloudflareOptions options, TimeProvider? timeProvider = null, ILogger<CloudflareClient>? logger = null)
    {
        options.Validate();
        _connection = new CloudflareConnection(options, timeProvider ?? TimeProvider.System, logger ?? NullLogger<CloudflareClient>.Instance);
        Zones = new ZonesClient(_connection);
        Users = new UsersClient(_connection);
    }

    /// <summary>Zones and their records.</summary>
    public ZonesClient Zones { get; }

    /// <summary>The token's user.</summary>
    public UsersClient Users { get; }

    /// <summary>The file that the token comes from, for messages.</summary>
    public string TokenFile => _connection.TokenFile;

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();
}
