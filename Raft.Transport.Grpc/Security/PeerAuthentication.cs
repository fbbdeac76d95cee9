using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Security;

/// <summary>
/// How a node proves who it is, and checks who others are: TLS 1.3 with certificates on both sides, of the cluster's own authority and nobody else's. What
/// was loaded from files is read again when they change: connections that are made from then on go by the new credentials, those that stand live on. Safe
/// to use from any thread until it is disposed.
/// </summary>
public sealed class PeerAuthentication : IDisposable
{
    // Whoever makes a connection looks at the files too; this is for the log, so that a mistake shows while the one who made it is still there.
    private static readonly TimeSpan _lookInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _expiryNotice = TimeSpan.FromDays(30);
    private static readonly TimeSpan _expiryReminder = TimeSpan.FromDays(1);

    // Of a certificate that is issued for a short time, the last third counts as late.
    private const int NoticeShare = 3;

    private readonly CredentialFiles? _files;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer? _watch;
    private readonly Lock _gate = new();
    private volatile Credentials _credentials;
    private DateTimeOffset? _reminded;
    private bool _disposed;

    /// <summary>Takes over a certificate and the authorities to trust, and disposes them in the end.</summary>
    /// <param name="certificate">This node's certificate.</param>
    /// <param name="authorities">The cluster's authority; more than one while one takes the place of another.</param>
    /// <exception cref="CertificateException">
    /// There is no authority or one of another cluster, or peers would refuse the node's certificate: it has expired, or another authority issued it.
    /// </exception>
    public PeerAuthentication(NodeCertificate certificate, X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(authorities);
        _credentials = new Credentials(certificate, authorities);
        _logger = NullLogger.Instance;
        _time = TimeProvider.System;
    }

    private PeerAuthentication(CredentialFiles files, ILogger logger, TimeProvider time)
    {
        _files = files;
        _logger = logger;
        _time = time;
        _credentials = files.ReadIfChanged()!;
        Look();
        _watch = time.CreateTimer(static self => ((PeerAuthentication)self!).Look(), this, _lookInterval, _lookInterval);
    }

    /// <summary>Who this node is.</summary>
    public NodeIdentity Identity => _credentials.Identity;

    /// <summary>When this node's certificate expires; put another one in its place before.</summary>
    public DateTimeOffset ExpiresAt => _credentials.ExpiresAt;

    /// <summary>
    /// Reads the node's certificate, its key, and the authorities to trust from PEM files, and again whenever their content has changed: before each new
    /// connection, and every ten seconds. Files that can't be used, such as half of a change, leave the credentials as they were.
    /// </summary>
    /// <param name="certificatePath">The node's certificate.</param>
    /// <param name="keyPath">Its private key.</param>
    /// <param name="authorityPath">The cluster's authority; several while one takes the place of another.</param>
    /// <param name="logger">Told of changes, of files that can't be used, and, once a day, of a certificate that expires soon.</param>
    /// <param name="time">Tells when to look and what expires.</param>
    /// <exception cref="CertificateException">A file is missing or malformed, or its content can't be used; the message names it and says why.</exception>
    public static PeerAuthentication Load(
        string certificatePath, string keyPath, string authorityPath, ILogger? logger = null, TimeProvider? time = null)
        => new(new CredentialFiles(certificatePath, keyPath, authorityPath), logger ?? NullLogger.Instance, time ?? TimeProvider.System);

    /// <summary>
    /// Settings for a TLS client that talks to one node of the cluster, whatever its host name is. They hold the credentials of now: create others for
    /// each connection, or the client goes on with these when the files change.
    /// </summary>
    /// <param name="expected">The node that must answer.</param>
    /// <param name="refused">Called with the reason when the other side is refused, before the handshake fails.</param>
    public SslClientAuthenticationOptions CreateClientOptions(NodeId expected, Action<string>? refused = null)
        => Refresh().CreateClientOptions(expected, refused);

    /// <summary>Settings for one connection of a TLS server that talks to nodes of the cluster only.</summary>
    /// <param name="accepted">Called with the identity of an authenticated node.</param>
    /// <param name="refused">Called with the reason when the other side is refused, before the handshake fails.</param>
    internal SslServerAuthenticationOptions CreateServerOptions(Action<NodeIdentity> accepted, Action<string> refused)
        => Refresh().CreateServerOptions(accepted, refused);

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        lock (_gate)
        {
            _disposed = true;
            _credentials.Dispose();
        }
    }

    private void Look()
    {
        Credentials credentials = Refresh();
        lock (_gate)
        {
            RemindOfExpiry(credentials);
        }
    }

    /// <summary>What the files hold by now if it can be used, else what they held before.</summary>
    private Credentials Refresh()
    {
        if (_files is null)
        {
            return _credentials;
        }

        lock (_gate)
        {
            if (!_disposed && ReadIfChanged(_files) is { } changed)
            {
                // Those of before are not disposed: handshakes may be at work with them. The garbage collector frees them.
                _credentials = changed;
                _reminded = null;
                _logger.CredentialsChanged(_files.Certificate, changed.ExpiresAt);
            }

            return _credentials;
        }
    }

    private Credentials? ReadIfChanged(CredentialFiles files)
    {
        try
        {
            Credentials? read = files.ReadIfChanged();
            if (read is null || read.Identity == Identity)
            {
                return read;
            }

            read.Dispose();
            throw new CertificateException($"{files.Certificate} is the certificate of {read.Identity}, but this node is {Identity}.");
        }
        catch (CertificateException e)
        {
            _logger.CredentialsUnusable(e.Message);
            return null;
        }
    }

    private void RemindOfExpiry(Credentials credentials)
    {
        DateTimeOffset now = _time.GetUtcNow();
        TimeSpan late = (credentials.ExpiresAt - credentials.ValidFrom) / NoticeShare;
        bool isLate = credentials.ExpiresAt - now < (late < _expiryNotice ? late : _expiryNotice);
        if (!isLate || now - _reminded < _expiryReminder)
        {
            return;
        }

        _reminded = now;
        if (credentials.ExpiresAt > now)
        {
            _logger.CertificateExpires(_files!.Certificate, credentials.ExpiresAt);
        }
        else
        {
            _logger.CertificateExpired(_files!.Certificate, credentials.ExpiresAt);
        }
    }
}
