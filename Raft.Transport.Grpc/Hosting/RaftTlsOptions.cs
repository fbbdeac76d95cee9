namespace Raft.Transport.Grpc.Hosting;

/// <summary>
/// Where a node finds its credentials: PEM files, as <see cref="Security.ClusterCertificateAuthority"/> writes them. They may be replaced while the node
/// runs; see <see cref="Security.PeerAuthentication.Load"/>.
/// </summary>
public sealed class RaftTlsOptions
{
    /// <summary>The node's certificate.</summary>
    public string? Certificate { get; set; }

    /// <summary>The private key of <see cref="Certificate"/>.</summary>
    public string? Key { get; set; }

    /// <summary>The certificate of the cluster's authority; several in one file while one takes the place of another.</summary>
    public string? Authority { get; set; }
}
