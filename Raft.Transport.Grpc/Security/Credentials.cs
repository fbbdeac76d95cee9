using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Security;

/// <summary>
/// A node's certificate with its key, and the authorities to trust, found to belong together. Immutable; safe to use from any thread until it is disposed.
/// </summary>
internal sealed class Credentials : IDisposable
{
    private const string ServerAuthenticationOid = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";

    private readonly NodeCertificate _certificate;
    private readonly X509Certificate2Collection _authorities;
    private readonly SslStreamCertificateContext _context;

    /// <summary>Takes over a certificate and the authorities to trust, and disposes them in the end.</summary>
    /// <param name="certificate">This node's certificate.</param>
    /// <param name="authorities">At least one, all of the cluster.</param>
    /// <exception cref="CertificateException">
    /// There is no authority or one of another cluster, or peers would refuse the node's certificate: it has expired, or another authority issued it.
    /// </exception>
    public Credentials(NodeCertificate certificate, X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(authorities);
        _certificate = certificate;
        _authorities = authorities;
        RequireAuthoritiesOf(Identity.ClusterId);
        RequireOwnCertificateInOrder();
        _context = SslStreamCertificateContext.Create(certificate.Certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>Who this node is.</summary>
    public NodeIdentity Identity => _certificate.Identity;

    /// <summary>From when on the node's certificate is valid.</summary>
    public DateTimeOffset ValidFrom => _certificate.Certificate.NotBefore;

    /// <summary>When the node's certificate expires.</summary>
    public DateTimeOffset ExpiresAt => _certificate.Certificate.NotAfter;

    /// <summary>Settings for a TLS client that talks to one node of the cluster, whatever its host name is.</summary>
    /// <param name="expected">The node that must answer.</param>
    /// <param name="refused">Called with the reason when the other side is refused, before the handshake fails.</param>
    public SslClientAuthenticationOptions CreateClientOptions(NodeId expected, Action<string>? refused)
        => new()
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateContext = _context,
            CertificateChainPolicy = CreateChainPolicy(ServerAuthenticationOid),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // A resumed session would not be checked again.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                (NodeIdentity? peer, string? refusal) = Judge(certificate, chain, errors);
                if (refusal is null && peer!.NodeId != expected)
                {
                    refusal = $"its certificate is that of node {peer.NodeId}, not of node {expected}";
                }

                return Report(refusal, refused);
            },
        };

    /// <summary>Settings for a TLS server that talks to nodes of the cluster only.</summary>
    /// <param name="accepted">Called with the identity of an authenticated node.</param>
    /// <param name="refused">Called with the reason when the other side is refused, before the handshake fails.</param>
    public SslServerAuthenticationOptions CreateServerOptions(Action<NodeIdentity> accepted, Action<string> refused)
        => new()
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ServerCertificateContext = _context,
            ClientCertificateRequired = true,
            CertificateChainPolicy = CreateChainPolicy(ClientAuthenticationOid),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                (NodeIdentity? peer, string? refusal) = Judge(certificate, chain, errors);
                if (refusal is null)
                {
                    accepted(peer!);
                }

                return Report(refusal, refused);
            },
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        foreach (X509Certificate2 authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private static bool Report(string? refusal, Action<string>? refused)
    {
        if (refusal is not null)
        {
            refused?.Invoke(refusal);
        }

        return refusal is null;
    }

    private (NodeIdentity? Peer, string? Refusal) Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return (null, "it showed no certificate");
        }

        // Nodes are known by their ids: the host name does not matter.
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None)
        {
            return (null, Explain(shown, chain));
        }

        if (!NodeIdentity.TryRead(shown, out NodeIdentity? peer))
        {
            return (null, $"its certificate ({shown.Subject}) names no node");
        }

        return peer.ClusterId == Identity.ClusterId
            ? (peer, null)
            : (null, $"its certificate is that of a node of cluster '{peer.ClusterId}', not '{Identity.ClusterId}'");
    }

    private string Explain(X509Certificate2 certificate, X509Chain? chain)
    {
        X509ChainStatusFlags problems = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        const X509ChainStatusFlags Foreign =
            X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;
        if ((problems & Foreign) != 0)
        {
            return $"its certificate ({certificate.Subject}) was not issued by the authority of cluster '{Identity.ClusterId}'";
        }

        return (problems & X509ChainStatusFlags.NotTimeValid) != 0
            ? $"its certificate ({certificate.Subject}) is valid from {certificate.NotBefore.ToUniversalTime():u} to "
                + $"{certificate.NotAfter.ToUniversalTime():u}, which is not now"
            : $"its certificate ({certificate.Subject}) is not in order: {problems}";
    }

    private X509ChainPolicy CreateChainPolicy(string usage)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ApplicationPolicy.Add(new Oid(usage));
        return policy;
    }

    private void RequireAuthoritiesOf(string clusterId)
    {
        if (_authorities.Count == 0)
        {
            throw new CertificateException("No authority is given to check other nodes by.");
        }

        foreach (X509Certificate2 authority in _authorities)
        {
            string? found = ClusterCertificateAuthority.ReadClusterId(authority);
            if (found != clusterId)
            {
                throw new CertificateException(found is null
                    ? $"{authority.Subject} is not the authority of a cluster."
                    : $"{authority.Subject} is the authority of cluster '{found}'; the node belongs to cluster '{clusterId}'.");
            }
        }
    }

    private void RequireOwnCertificateInOrder()
    {
        using var chain = new X509Chain { ChainPolicy = CreateChainPolicy(ServerAuthenticationOid) };
        if (!chain.Build(_certificate.Certificate))
        {
            throw new CertificateException(
                $"Other nodes would refuse node {Identity.NodeId}, because {Explain(_certificate.Certificate, chain)}. Issue a new one with the cluster's authority.");
        }
    }
}
