namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>Calls about the token's user.</summary>
internal sealed class UsersClient(CloudflareConnection connection)
{
    /// <summary>Asks whether the token is valid. Says nothing about its permissions.</summary>
    public Task<CloudflareResult<TokenStatus>> VerifyAsync(CancellationToken cancellationToken)
        => connection.ReadAsync("user/tokens/verify", CloudflareJsonContext.Default.TokenStatus, cancellationToken);
}
