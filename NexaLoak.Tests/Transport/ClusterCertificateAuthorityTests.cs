using System.Security.Cryptography.X509Certificates;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ClusterCertificateAuthorityTests
{
    [TestCase("prod")]
    [TestCase("prod_eu-1.example")]
    public void A_node_certificate_carries_the_identity_of_the_node(string clusterId)
    {
        using var authority = ClusterCertificateAuthority.Create(clusterId);
        using NodeCertificate node = authority.IssueNode(new NodeId(7), ["node7.example.org", "127.0.1.7", "::1"]);
        var names = node.Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(node.Identity, Is.EqualTo(new NodeIdentity(clusterId, new NodeId(7))));
            Assert.That(node.Identity.Uri, Is.EqualTo($"nexaloak://{clusterId}/7"));
            Assert.That(names.EnumerateDnsNames(), Is.EqualTo(new[] { "node7.example.org" }));
            Assert.That(names.EnumerateIPAddresses().Select(static a => a.ToString()), Is.EqualTo(new[] { "127.0.1.7", "::1" }));
            Assert.That(node.Certificate.Subject, Does.Contain(clusterId).And.Contain("CN=7"));
        }
    }

    [Test]
    public void A_saved_authority_issues_certificates_that_the_original_vouches_for()
    {
        using var folder = new TemporaryFolder();
        using var original = ClusterCertificateAuthority.Create("prod");
        original.Save(folder.File("ca.crt"), folder.File("ca.key"));
        using var loaded = ClusterCertificateAuthority.Load(folder.File("ca.crt"), folder.File("ca.key"));
        using NodeCertificate issued = loaded.IssueNode(new NodeId(1));
        issued.Save(folder.File("node.crt"), folder.File("node.key"));
        using var node = NodeCertificate.Load(folder.File("node.crt"), folder.File("node.key"));

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(original.Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(loaded.ClusterId, Is.EqualTo("prod"));
            Assert.That(node.Certificate.HasPrivateKey);
            Assert.That(node.Identity, Is.EqualTo(issued.Identity));
            Assert.That(chain.Build(node.Certificate), string.Join("; ", chain.ChainStatus.Select(static s => s.StatusInformation)));
        }
    }

    [Test]
    public void Only_the_owner_may_read_a_saved_key()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows has no file modes.");
            return;
        }

        using var folder = new TemporaryFolder();
        using var authority = ClusterCertificateAuthority.Create("prod");
        authority.Save(folder.File("ca.crt"), folder.File("ca.key"));
        using NodeCertificate node = authority.IssueNode(new NodeId(1));
        node.Save(folder.File("node.crt"), folder.File("node.key"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.GetUnixFileMode(folder.File("ca.key")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(File.GetUnixFileMode(folder.File("node.key")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public void Saving_never_overwrites_an_authority()
    {
        using var folder = new TemporaryFolder();
        using var first = ClusterCertificateAuthority.Create("prod");
        first.Save(folder.File("ca.crt"), folder.File("ca.key"));
        byte[] key = File.ReadAllBytes(folder.File("ca.key"));
        using var second = ClusterCertificateAuthority.Create("prod");

        Assert.That(() => second.Save(folder.File("ca.crt"), folder.File("ca.key")), Throws.InstanceOf<IOException>());
        Assert.That(File.ReadAllBytes(folder.File("ca.key")), Is.EqualTo(key));
    }

    [Test]
    public void A_node_certificate_ends_with_its_authority()
    {
        using var authority = ClusterCertificateAuthority.Create("prod", TimeSpan.FromDays(10));
        using NodeCertificate node = authority.IssueNode(new NodeId(1), validity: TimeSpan.FromDays(20));

        Assert.That(node.Certificate.NotAfter, Is.EqualTo(authority.Certificate.NotAfter));
    }

    [Test]
    public void An_expired_authority_issues_nothing()
    {
        var past = new FixedTime(DateTimeOffset.UtcNow.AddDays(-30));
        using var folder = new TemporaryFolder();
        using var created = ClusterCertificateAuthority.Create("prod", TimeSpan.FromDays(10), past);
        created.Save(folder.File("ca.crt"), folder.File("ca.key"));
        using var authority = ClusterCertificateAuthority.Load(folder.File("ca.crt"), folder.File("ca.key"));

        Assert.That(() => authority.IssueNode(new NodeId(1)), Throws.TypeOf<CertificateException>().With.Message.Contains("expired"));
    }

    [TestCase("")]
    [TestCase("two words")]
    [TestCase("a/b")]
    [TestCase("ünicode")]
    [TestCase("Prod")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345")]
    public void A_cluster_id_that_certificates_would_change_is_refused(string clusterId)
        => Assert.That(() => ClusterCertificateAuthority.Create(clusterId), Throws.ArgumentException.With.Message.Contains("not a cluster id"));

    [TestCase("nexaloak://prod/1", true)]
    [TestCase("nexaloak://prod/18446744073709551615", true)]
    [TestCase("nexaloak://prod/0", false)]
    [TestCase("nexaloak://prod/+1", false)]
    [TestCase("nexaloak://prod/18446744073709551616", false)]
    [TestCase("nexaloak://prod/1/2", false)]
    [TestCase("nexaloak:///1", false)]
    [TestCase("spiffe://prod/1", false)]
    [TestCase(null, false)]
    public void Only_the_exact_form_is_an_identity(string? uri, bool valid)
        => Assert.That(NodeIdentity.TryParse(uri, out _), Is.EqualTo(valid));

    [Test]
    public void A_missing_or_malformed_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string certificate = folder.File("node.crt");
        string key = folder.File("node.key");
        Assert.That(() => NodeCertificate.Load(certificate, key), Throws.TypeOf<CertificateException>().With.Message.Contains(certificate));

        File.WriteAllText(certificate, "not a certificate");
        File.WriteAllText(key, "not a key");
        Assert.That(() => NodeCertificate.Load(certificate, key), Throws.TypeOf<CertificateException>().With.Message.Contains(certificate));
    }

    [Test]
    public void An_authority_is_not_a_node_and_a_node_is_not_an_authority()
    {
        using var folder = new TemporaryFolder();
        using var authority = ClusterCertificateAuthority.Create("prod");
        authority.Save(folder.File("ca.crt"), folder.File("ca.key"));
        using NodeCertificate node = authority.IssueNode(new NodeId(1));
        node.Save(folder.File("node.crt"), folder.File("node.key"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => NodeCertificate.Load(folder.File("ca.crt"), folder.File("ca.key")), Throws.TypeOf<CertificateException>());
            Assert.That(() => ClusterCertificateAuthority.Load(folder.File("node.crt"), folder.File("node.key")), Throws.TypeOf<CertificateException>());
        }
    }
}
