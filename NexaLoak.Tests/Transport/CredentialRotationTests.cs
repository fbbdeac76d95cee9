using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Transport;

/// <summary>Certificates, keys and authorities are replaced while nodes run.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class CredentialRotationTests
{
    private static readonly NodeId _one = new(1);
    private static readonly NodeId _two = new(2);
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(10);

    [Test]
    public async Task All_credentials_of_a_running_cluster_can_be_replaced_while_it_serves()
    {
        using var next = ClusterCertificateAuthority.Create(HostedCluster.Id);
        await using var cluster = new HostedCluster(3);
        await cluster.StartAsync();
        var writer = new SteadyWriter(cluster);
        await writer.GoesOnAsync();

        await ForAll(cluster, id => cluster.Trust(id, cluster.Authority, next), writer);
        Assert.That(await Admitted(cluster, Stranger(next)), Is.EqualTo(cluster.Ids), "both authorities are trusted");
        Assert.That(await Admitted(cluster, OnlyOf(next)), Is.Empty, "they still show the old certificates");
        await ForAll(cluster, id => cluster.Install(id, next), writer);
        Assert.That(await Admitted(cluster, OnlyOf(next)), Is.EqualTo(cluster.Ids), "they show the new ones");
        Assert.That(await Admitted(cluster, Stranger(cluster.Authority)), Is.EqualTo(cluster.Ids), "whoever is not that far yet is still let in");
        await ForAll(cluster, id => cluster.Trust(id, next), writer);
        Assert.That(await Admitted(cluster, Stranger(cluster.Authority)), Is.Empty, "the old authority is refused");
        Assert.That(cluster.Logs.Values.Select(static log => log.Warnings), Has.All.Some.Contains("not issued by the authority of cluster 'hosted'"));

        await cluster.StopAsync(3);
        await cluster.StartAsync(3);
        await writer.GoesOnAsync();
        await writer.StopAsync();
        await cluster.AllHold(writer.Acknowledged);
    }

    [Test]
    public async Task A_connection_lives_on_and_the_next_one_is_made_with_the_new_credentials()
    {
        using var next = ClusterCertificateAuthority.Create(TransportCluster.Id);
        using var folder = new TemporaryFolder();
        await using var cluster = new TransportCluster(2);
        Write(folder, cluster.Authority.IssueNode(_one), cluster.Authority, next);
        using PeerAuthentication files = Load(folder);
        await using TransportNode one = await TransportNode.StartAsync(
            TransportCluster.Identity(1), cluster.EndPoints[_one], cluster.Addresses, files, TransportCluster.FastOptions());
        TransportNode two = await cluster.StartAsync(2);
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2), () => !two.Listener.Messages.IsEmpty);

        Write(folder, next.IssueNode(_one), cluster.Authority, next);
        Assert.That(await PeerAuthenticationTests.CanCall(cluster.EndPoints[_one], PeerAuthenticationTests.AsNode(next, 2)));
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 2), () => two.Listener.Messages.Any(static m => m.Term == 2));
        Assert.That(one.Log.Warnings, Is.Empty, "the connection lives on");

        await two.DisposeAsync();
        await using TransportNode again = await TransportNode.StartAsync(
            TransportCluster.Identity(2), cluster.EndPoints[_two], cluster.Addresses, cluster.Credentials(2, next), TransportCluster.FastOptions());
        await GrpcRaftTransportTests.SendUntil(one, TransportCluster.Heartbeat(1, 2, term: 3), () => !again.Listener.Messages.IsEmpty);
    }

    [Test]
    public void Files_that_can_not_be_used_leave_the_credentials_as_they_were(
        [Values("node.key is missing", "node.crt is cut", "of another node", "of another key", "ca.crt is empty", "expired", "of another cluster")]
        string mistake)
    {
        var log = new LogSink();
        var time = new ManualTimeProvider();
        using var authority = ClusterCertificateAuthority.Create("test");
        using var folder = new TemporaryFolder();
        Write(folder, authority.IssueNode(_one, validity: TimeSpan.FromDays(3000)), authority);
        using PeerAuthentication files = Load(folder, log, time);
        DateTimeOffset before = files.ExpiresAt;

        string reason = Spoil(folder, authority, mistake);
        time.Advance(_look);
        time.Advance(_look);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files.ExpiresAt, Is.EqualTo(before));
            Assert.That(log.Warnings.Single(), Does.Contain("can't be used").And.Contain(reason));
        }

        Write(folder, authority.IssueNode(_one, validity: TimeSpan.FromDays(2900)), authority);
        time.Advance(_look);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files.ExpiresAt, Is.LessThan(before));
            Assert.That(log.Informations.Single(), Does.Contain("credentials have changed"));
            Assert.That(log.Warnings.Count(), Is.EqualTo(1));
        }
    }

    [Test]
    public void Who_has_a_certificate_that_expires_soon_is_warned_every_day_until_there_is_a_new_one()
    {
        var log = new LogSink();
        var time = new ManualTimeProvider();
        using var authority = ClusterCertificateAuthority.Create("test");
        using var folder = new TemporaryFolder();
        DateTimeOffset thirtyDays = time.GetUtcNow().AddDays(30);
        Write(folder, authority.IssueNode(_one, validity: thirtyDays.AddSeconds(30) - DateTimeOffset.UtcNow), authority);
        using PeerAuthentication files = Load(folder, log, time);
        Assert.That(log.Warnings, Is.Empty);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(log.Warnings.Single(), Does.Contain("node.crt expires on"));
        time.Advance(TimeSpan.FromDays(1));
        Assert.That(log.Warnings.Count(), Is.EqualTo(2));

        Write(folder, authority.IssueNode(_one, validity: TimeSpan.FromDays(3000)), authority);
        time.Advance(TimeSpan.FromDays(1));
        Assert.That(log.Warnings.Count(), Is.EqualTo(2));
    }

    [Test]
    public void An_expired_certificate_of_a_running_node_is_an_error_in_its_log()
    {
        var log = new LogSink();
        using var authority = ClusterCertificateAuthority.Create("test");
        using var folder = new TemporaryFolder();
        Write(folder, authority.IssueNode(_one, validity: TimeSpan.FromDays(100)), authority);

        using PeerAuthentication files = Load(folder, log, new ManualTimeProvider());

        Assert.That(log.Failures.Single(), Does.Contain("has expired on"));
    }

    [Test]
    public void A_certificate_that_openssl_has_issued_as_the_documentation_says_is_taken()
    {
        using var authority = ClusterCertificateAuthority.Create("prod");
        using var folder = new TemporaryFolder();
        authority.Save(folder.File("ca.crt"), folder.File("ca.key"));
        string[] commands =
        [
            .. File.ReadLines(Path.Combine(Repository.Root, "docs", "operating.md"))
                .Where(static line => line.TrimStart().Split(' ')[0] is "openssl" or "printf"),
        ];
        Assert.That(commands, Has.Length.EqualTo(3));

        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", string.Join('\n', commands)]) { WorkingDirectory = folder.FullName })!;
        shell.WaitForExit();
        using PeerAuthentication files = Load(folder);

        Assert.That(shell.ExitCode, Is.Zero);
        Assert.That(files.Identity, Is.EqualTo(new NodeIdentity("prod", _two)));
    }

    private static async Task ForAll(HostedCluster cluster, Action<int> change, SteadyWriter writer)
    {
        foreach (int id in cluster.Ids)
        {
            change(id);
            await writer.GoesOnAsync();
        }
    }

    // A certificate that any of the nodes may have; the nodes' own are not looked at.
    private static Func<int, SslClientAuthenticationOptions> Stranger(ClusterCertificateAuthority issuer)
        => _ => PeerAuthenticationTests.AsNode(issuer, 9);

    // Both sides must show certificates of this authority.
    private static Func<int, SslClientAuthenticationOptions> OnlyOf(ClusterCertificateAuthority authority)
        => node => new PeerAuthentication(authority.IssueNode(new NodeId(9)), [X509CertificateLoader.LoadCertificate(authority.Certificate.RawData)])
            .CreateClientOptions(new NodeId((ulong)node));

    private static async Task<List<int>> Admitted(HostedCluster cluster, Func<int, SslClientAuthenticationOptions> client)
    {
        var admitted = new List<int>();
        foreach (int id in cluster.Ids)
        {
            if (await PeerAuthenticationTests.CanCall(cluster.EndPoints[id], client(id)))
            {
                admitted.Add(id);
            }
        }

        return admitted;
    }

    private static PeerAuthentication Load(TemporaryFolder folder, LogSink? log = null, TimeProvider? time = null)
        => PeerAuthentication.Load(
            folder.File("node.crt"), folder.File("node.key"), folder.File("ca.crt"), log?.CreateLogger<PeerAuthentication>(), time);

    private static void Write(TemporaryFolder folder, NodeCertificate node, params ClusterCertificateAuthority[] authorities)
    {
        File.WriteAllLines(folder.File("ca.crt"), authorities.Select(static a => a.Certificate.ExportCertificatePem()));
        using ECDsa key = node.Certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(folder.File("node.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder.File("node.crt"), node.Certificate.ExportCertificatePem());
        node.Dispose();
    }

    /// <summary>Makes a mistake with the files.</summary>
    /// <returns>What the log must say.</returns>
    private static string Spoil(TemporaryFolder folder, ClusterCertificateAuthority authority, string mistake)
    {
        switch (mistake)
        {
            case "node.key is missing":
                File.Delete(folder.File("node.key"));
                return folder.File("node.key");
            case "node.crt is cut":
                File.WriteAllText(folder.File("node.crt"), File.ReadAllText(folder.File("node.crt"))[..200]);
                return folder.File("node.crt");
            case "of another node":
                Write(folder, authority.IssueNode(_two), authority);
                return "nexaloak://test/2";
            case "of another key":
                using (NodeCertificate other = authority.IssueNode(_one))
                {
                    File.WriteAllText(folder.File("node.crt"), other.Certificate.ExportCertificatePem());
                }

                return folder.File("node.key");
            case "ca.crt is empty":
                File.WriteAllText(folder.File("ca.crt"), string.Empty);
                return folder.File("ca.crt");
            case "expired":
                using (var past = ClusterCertificateAuthority.Create("test", time: new FixedTime(DateTimeOffset.UtcNow.AddYears(-3))))
                {
                    Write(folder, past.IssueNode(_one), past);
                }

                return "which is not now";
            default:
                using (var other = ClusterCertificateAuthority.Create("other"))
                {
                    Write(folder, other.IssueNode(_one), other);
                }

                return "nexaloak://other/1";
        }
    }
}
