using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Raft.Transport.Grpc.Security;

/// <summary>The PEM files that hold a node's credentials. For one reader at a time.</summary>
internal sealed class CredentialFiles(string certificatePath, string keyPath, string authorityPath)
{
    // Of the content and not of its time: files that were written in the same instant, or replaced by older ones, must not be missed.
    private byte[] _seen = [];

    /// <summary>Where the node's certificate is.</summary>
    public string Certificate => certificatePath;

    /// <summary>Reads the files unless they are as they were at the last call.</summary>
    /// <returns><c>null</c> when nothing has changed.</returns>
    /// <exception cref="CertificateException">
    /// A file is missing or malformed, or they do not belong together. Not thrown again before something changes.
    /// </exception>
    public Credentials? ReadIfChanged()
    {
        string certificate, key, authority;
        try
        {
            (certificate, key, authority) = (PemFile.ReadText(certificatePath), PemFile.ReadText(keyPath), PemFile.ReadText(authorityPath));
        }
        catch (CertificateException e)
        {
            if (IsNew(e.Message))
            {
                throw;
            }

            return null;
        }

        return IsNew(string.Join('\0', certificate, key, authority)) ? Parse(certificate, key, authority) : null;
    }

    private bool IsNew(string state)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(state));
        bool isNew = !hash.AsSpan().SequenceEqual(_seen);
        _seen = hash;
        return isNew;
    }

    private Credentials Parse(string certificate, string key, string authority)
    {
        X509Certificate2Collection authorities = PemFile.ParseAll(authority, authorityPath);
        var node = NodeCertificate.Parse(certificate, certificatePath, key, keyPath);
        try
        {
            return new Credentials(node, authorities);
        }
        catch (Exception e) when (e is CertificateException or CryptographicException)
        {
            node.Dispose();
            throw new CertificateException($"{certificatePath} can't be used with {authorityPath}: {e.Message}", e);
        }
    }
}
