using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Raft.Transport.Grpc.Security;

/// <summary>A node's certificate with its private key. Immutable; safe to use from any thread until it is disposed.</summary>
public sealed class NodeCertificate : IDisposable
{
    /// <summary>Takes over a certificate and disposes it in the end.</summary>
    /// <exception cref="CertificateException">It has no private key, or carries no node identity.</exception>
    public NodeCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
        {
            throw new CertificateException($"The certificate {certificate.Subject} comes without its private key.");
        }

        if (!NodeIdentity.TryRead(certificate, out NodeIdentity? identity))
        {
            throw new CertificateException($"The certificate {certificate.Subject} names no node of a cluster: issue one with the cluster's authority.");
        }

        Certificate = certificate;
        Identity = identity;
    }

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The node that the certificate names.</summary>
    public NodeIdentity Identity { get; }

    /// <summary>Reads a certificate and its key from PEM files.</summary>
    /// <exception cref="CertificateException">A file is missing or malformed, or is not a node's certificate.</exception>
    public static NodeCertificate Load(string certificatePath, string keyPath)
        => Parse(PemFile.ReadText(certificatePath), certificatePath, PemFile.ReadText(keyPath), keyPath);

    /// <summary>Writes PEM files that must not exist yet; on Unix only the owner may read the key (mode 0600).</summary>
    /// <exception cref="IOException">A file exists already, or can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow it.</exception>
    public void Save(string certificatePath, string keyPath)
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()
            ?? throw new InvalidOperationException("Only keys on elliptic curves can be saved.");
        PemFile.WriteKey(keyPath, key);
        PemFile.WriteCertificate(certificatePath, Certificate);
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    /// <summary>Makes a certificate of the content of two files.</summary>
    /// <exception cref="CertificateException">The content is malformed, or is not a node's certificate.</exception>
    internal static NodeCertificate Parse(string certificate, string certificatePath, string key, string keyPath)
    {
        X509Certificate2 parsed = PemFile.Parse(certificate, certificatePath, key, keyPath);
        try
        {
            return new NodeCertificate(parsed);
        }
        catch
        {
            parsed.Dispose();
            throw;
        }
    }
}
