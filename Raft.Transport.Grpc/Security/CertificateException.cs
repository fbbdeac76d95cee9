namespace Raft.Transport.Grpc.Security;

/// <summary>A certificate or key can't be used. The message names the file or the certificate, and why.</summary>
public sealed class CertificateException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CertificateException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what revealed the problem.</summary>
    public CertificateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
