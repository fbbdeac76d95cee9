using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Security;

/// <summary>
/// The certificate authority of one cluster: whoever shows a certificate of it is a member. Keys are ECDSA on P-256. Its own key is needed only to
/// issue certificates: keep it off the nodes. Not safe for concurrent use.
/// </summary>
public sealed class ClusterCertificateAuthority : IDisposable
{
    /// <summary>How long an authority is valid by default: ten years of 365 days.</summary>
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromDays(3650);

    /// <summary>How long a node's certificate is valid by default: two years of 365 days.</summary>
    public static readonly TimeSpan DefaultNodeValidity = TimeSpan.FromDays(730);

    private const string CommonName = "Raft cluster authority";
    private const string OrganizationOid = "2.5.4.10";
    private const string ServerAuthenticationOid = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";
    private const int SerialNumberBytes = 16;

    // Certificates begin in the past, so that a node whose clock is a little slow accepts a fresh one.
    private static readonly TimeSpan _clockTolerance = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;

    private ClusterCertificateAuthority(X509Certificate2 certificate, string clusterId, TimeProvider time)
    {
        Certificate = certificate;
        ClusterId = clusterId;
        _time = time;
    }

    /// <summary>The self-signed certificate, with its private key. Disposed with the authority.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The cluster whose nodes it vouches for; the organization in its name.</summary>
    public string ClusterId { get; }

    /// <summary>Creates an authority with a new key.</summary>
    /// <param name="clusterId">The cluster; see <see cref="NodeIdentity.IsValidClusterId"/>.</param>
    /// <param name="validity">From now; <see cref="DefaultValidity"/> when <c>null</c>.</param>
    /// <param name="time">Tells what now is.</param>
    /// <exception cref="ArgumentException">The cluster id is not valid, or the validity is not positive.</exception>
    public static ClusterCertificateAuthority Create(string clusterId, TimeSpan? validity = null, TimeProvider? time = null)
    {
        NodeIdentity.RequireValidClusterId(clusterId);
        TimeSpan lifetime = RequirePositive(validity ?? DefaultValidity);
        time ??= TimeProvider.System;

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name(clusterId, CommonName), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        DateTimeOffset now = time.GetUtcNow();
        return new ClusterCertificateAuthority(request.CreateSelfSigned(now - _clockTolerance, now + lifetime), clusterId, time);
    }

    /// <summary>Reads an authority from PEM files.</summary>
    /// <exception cref="CertificateException">A file is missing or malformed, or is not the authority of a cluster.</exception>
    public static ClusterCertificateAuthority Load(string certificatePath, string keyPath, TimeProvider? time = null)
    {
        X509Certificate2 certificate = PemFile.Parse(PemFile.ReadText(certificatePath), certificatePath, PemFile.ReadText(keyPath), keyPath);
        string? clusterId = ReadClusterId(certificate);
        if (clusterId is null)
        {
            certificate.Dispose();
            throw new CertificateException($"{certificatePath} is not the certificate of a cluster's authority.");
        }

        return new ClusterCertificateAuthority(certificate, clusterId, time ?? TimeProvider.System);
    }

    /// <summary>Issues a certificate with a new key, for the node's server and client side alike.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="hosts">
    /// Host names and IP addresses of the node, for the sake of ordinary TLS clients, which compare them. Peers compare the node id only.
    /// </param>
    /// <param name="validity">From now, and at most until the authority itself expires; <see cref="DefaultNodeValidity"/> when <c>null</c>.</param>
    /// <exception cref="ArgumentException">The node id is <see cref="NodeId.None"/>, a host is malformed, or the validity is not positive.</exception>
    /// <exception cref="CertificateException">The authority has expired.</exception>
    public NodeCertificate IssueNode(NodeId nodeId, IEnumerable<string>? hosts = null, TimeSpan? validity = null)
    {
        var identity = new NodeIdentity(ClusterId, nodeId);
        (DateTimeOffset notBefore, DateTimeOffset notAfter) = Lifetime(RequirePositive(validity ?? DefaultNodeValidity));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name(ClusterId, nodeId.ToString()), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerAuthenticationOid), new Oid(ClientAuthenticationOid)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(AlternativeNames(identity, hosts ?? []));

        byte[] serial = RandomNumberGenerator.GetBytes(SerialNumberBytes);
        serial[0] &= 0x7F;
        using X509Certificate2 certificate = request.Create(Certificate, notBefore, notAfter, serial);
        return new NodeCertificate(certificate.CopyWithPrivateKey(key));
    }

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

    /// <summary>The cluster that an authority's certificate speaks for, or <c>null</c> when it is not an authority's.</summary>
    internal static string? ReadClusterId(X509Certificate2 certificate)
    {
        bool isAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static e => e.CertificateAuthority);
        string? organization = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(static name => !name.HasMultipleElements && name.GetSingleElementType().Value == OrganizationOid)
            .Select(static name => name.GetSingleElementValue())
            .FirstOrDefault();
        return isAuthority && NodeIdentity.IsValidClusterId(organization) ? organization : null;
    }

    private (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Lifetime(TimeSpan validity)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var authorityBegin = new DateTimeOffset(Certificate.NotBefore);
        var authorityEnd = new DateTimeOffset(Certificate.NotAfter);
        if (now >= authorityEnd)
        {
            throw new CertificateException($"The authority of cluster {ClusterId} expired on {authorityEnd.UtcDateTime:u}: create a new one.");
        }

        DateTimeOffset notBefore = now - _clockTolerance;
        DateTimeOffset notAfter = now + validity;
        return (notBefore < authorityBegin ? authorityBegin : notBefore, notAfter > authorityEnd ? authorityEnd : notAfter);
    }

    private static X509Extension AlternativeNames(NodeIdentity identity, IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity.Uri));
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out IPAddress? address))
            {
                names.AddIpAddress(address);
            }
            else if (Uri.CheckHostName(host) == UriHostNameType.Dns)
            {
                names.AddDnsName(host);
            }
            else
            {
                throw new ArgumentException($"'{host}' is neither a host name nor an IP address.", nameof(hosts));
            }
        }

        return names.Build();
    }

    private static X500DistinguishedName Name(string organization, string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(organization);
        name.AddCommonName(commonName);
        return name.Build();
    }

    private static TimeSpan RequirePositive(TimeSpan validity)
        => validity > TimeSpan.Zero ? validity : throw new ArgumentException("The validity must be positive.", nameof(validity));
}
