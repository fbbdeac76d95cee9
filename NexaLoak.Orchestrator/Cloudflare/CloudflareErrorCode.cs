namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The error numbers of the API that change what the client does.</summary>
internal static class CloudflareErrorCode
{
    public const int InvalidApiToken = 1000;
    public const int InvalidRequestHeaders = 6003;
    public const int NoRoute = 7000;
    public const int CouldNotRoute = 7003;
    public const int UnknownKeyOrEmail = 9103;
    public const int MissingAuthentication = 9106;
    public const int Unauthorized = 9109;
    public const int Throttled = 971;
    public const int AuthenticationError = 10000;
    public const int RequestsExceeded = 10100;
    public const int RateLimited = 10429;
    public const int RecordDoesNotExist = 81044;
    public const int RecordQuotaExceeded = 81045;
    public const int RecordAlreadyExists = 81057;
    public const int IdenticalRecordExists = 81058;
}
