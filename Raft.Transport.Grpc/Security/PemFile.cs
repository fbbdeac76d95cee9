using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Raft.Transport.Grpc.Security;

/// <summary>Certificates and private keys as PEM files (RFC 7468).</summary>
internal static class PemFile
{
    public static void WriteCertificate(string path, X509Certificate2 certificate)
        => Write(path, certificate.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

    public static void WriteKey(string path, ECDsa key)
        => Write(path, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Makes a certificate of the content of two files.</summary>
    /// <exception cref="CertificateException">A file is malformed, or the two do not belong together.</exception>
    public static X509Certificate2 Parse(string certificate, string certificatePath, string key, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{certificatePath} and {keyPath} are not a certificate in PEM form and its private key: {e.Message}", e);
        }
    }

    /// <summary>Makes one or more certificates of the content of a file.</summary>
    /// <exception cref="CertificateException">The file is malformed, or holds no certificate.</exception>
    public static X509Certificate2Collection ParseAll(string text, string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new CertificateException($"{path} holds a malformed certificate: {e.Message}", e);
        }

        return certificates.Count > 0 ? certificates : throw new CertificateException($"{path} holds no certificate in PEM form.");
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CertificateException">It is missing, or can't be read.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"Can't read {path}: {e.Message}", e);
        }
    }

    // CreateNew: overwriting a key would lock a whole cluster out, and an existing file would keep its wider mode.
    private static void Write(string path, string pem, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(pem);
        writer.Write('\n');
    }
}
