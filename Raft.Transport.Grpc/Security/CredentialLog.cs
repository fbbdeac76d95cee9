using Microsoft.Extensions.Logging;

namespace Raft.Transport.Grpc.Security;

/// <summary>What there is to say about a node's own credentials.</summary>
internal static partial class CredentialLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The credentials have changed: new connections use {File}, which expires on {Date:u}")]
    public static partial void CredentialsChanged(this ILogger logger, string file, DateTimeOffset date);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The credentials have changed and can't be used, so those of before stay until the files are in order: {Reason}")]
    public static partial void CredentialsUnusable(this ILogger logger, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The certificate {File} expires on {Date:u}: issue a new one with the cluster's authority, and replace it and its key")]
    public static partial void CertificateExpires(this ILogger logger, string file, DateTimeOffset date);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The certificate {File} has expired on {Date:u}, and other nodes refuse it: issue a new one, and replace it and its key")]
    public static partial void CertificateExpired(this ILogger logger, string file, DateTimeOffset date);
}
