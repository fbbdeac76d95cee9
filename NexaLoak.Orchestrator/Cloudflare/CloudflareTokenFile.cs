namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The file with the API token.</summary>
internal sealed class CloudflareTokenFile(string path)
{
    private const int LongestToken = 1024;

    /// <summary>The file's name.</summary>
    public string Path => path;

    /// <summary>Reads the token.</summary>
    /// <exception cref="InvalidDataException">The file can't be read or holds no token; the message names the remedy and not the content.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        string token;
        try
        {
            token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"the token file {path} can't be read: {e.Message}", e);
        }

        return token.Length is > 0 and <= LongestToken && token.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? token
            : throw new InvalidDataException($"the token file {path} must hold one API token and nothing else");
    }
}
