using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Hosting;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Transport.Grpc.Hosting;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class HostingTests
{
    [Test]
    public async Task Three_hosted_nodes_elect_a_leader_and_serve_their_application()
    {
        using var folder = new TemporaryFolder();
        using var authority = ClusterCertificateAuthority.Create("kv");
        authority.Save(folder.File("ca.crt"), folder.File("ca.key"));
        IPEndPoint[] raft = [LoopbackPort.Reserve(), LoopbackPort.Reserve(), LoopbackPort.Reserve()];
        IPEndPoint[] http = [LoopbackPort.Reserve(), LoopbackPort.Reserve(), LoopbackPort.Reserve()];
        WebApplication[] nodes = [.. Enumerable.Range(1, 3).Select(id => KeyValueNode(id, folder, authority, raft, http[id - 1]))];
        try
        {
            await Task.WhenAll(nodes.Select(static n => n.StartAsync()));
            await Eventually.Holds(() => nodes.Any(Leads), "a node leads");
            WebApplication leader = nodes.First(Leads);
            using var client = new HttpClient();

            var key = new Uri($"http://{http[Array.IndexOf(nodes, leader)]}/kv/city");
            using HttpResponseMessage put = await client.PutAsync(key, new StringContent("Ulm"));

            Assert.That(put.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await client.GetStringAsync(key), Is.EqualTo("Ulm"));
            await Eventually.Holds(() => nodes.All(static n => n.Services.GetRequiredService<KeyValueStore>().Get("city") == "Ulm"), "all nodes hold the value");

            ulong term = StatusOf(leader).Term;
            await leader.StopAsync();
            Assert.That(nodes.Select(StatusOf), Has.Some.Property(nameof(RaftStatus.Term)).GreaterThan(term), "the leader handed over before it stopped");
        }
        finally
        {
            await Task.WhenAll(nodes.Select(static n => n.DisposeAsync().AsTask()));
        }
    }

    [Test]
    public async Task An_application_whose_node_can_not_go_on_stops_and_says_why()
    {
        var log = new LogSink();
        await using WebApplication app = SingleNode<BrokenMachine>(log);
        await app.StartAsync();
        var raft = app.Services.GetRequiredService<IRaft>();

        Assert.That(async () => await ProposeWhenLeading(raft), Throws.Exception);
        await app.WaitForShutdownAsync().WaitAsync(Eventually.Limit);

        Assert.That(log.Failures, Has.Some.Contains("can't go on").And.Contains("does not like this command"));
        Assert.That(raft.Completion.IsFaulted);
    }

    [Test]
    public async Task A_node_stops_with_its_application()
    {
        await using WebApplication app = SingleNode<KeyValueStore>(new LogSink());
        await app.StartAsync();
        var raft = app.Services.GetRequiredService<IRaft>();
        await ProposeWhenLeading(raft);

        await app.StopAsync();

        Assert.That(raft.Completion.IsCompletedSuccessfully);
    }

    [TestCase("Raft:ClusterId", "", "Raft:ClusterId is missing")]
    [TestCase("Raft:ClusterId", "My Cluster", "Raft:ClusterId 'My Cluster' is not valid")]
    [TestCase("Raft:NodeId", "0", "Raft:NodeId is missing")]
    [TestCase("Raft:NodeId", "4", "add Raft:Peers:4")]
    [TestCase("Raft:Peers:2", "10.0.0.2:7000", "Raft:Peers:2")]
    [TestCase("Raft:Peers:2", "http://10.0.0.2:7000", "use https")]
    [TestCase("Raft:Peers:2", "https://127.0.0.1:7001", "each needs one of its own")]
    [TestCase("Raft:Peers:two", "https://127.0.0.1:7003", "Raft:Peers:two names no node")]
    [TestCase("Raft:Peers:02", "https://127.0.0.1:7003", "Raft:Peers:02 names no node")]
    [TestCase("Raft:Tls:Key", "", "Raft:Tls:Key is missing")]
    [TestCase("Raft:Listen", "everywhere", "Raft:Listen 'everywhere'")]
    [TestCase("Raft:TickInterval", "00:00:00", "Raft:TickInterval must be greater than zero")]
    [TestCase("Raft:Snapshots:Entries", "0", "SnapshotPolicy.Entries must be at least 1")]
    [TestCase("Raft:MailboxCapacity", "0", "Raft:MailboxCapacity must be at least 1")]
    [TestCase("Raft:MailboxBytes", "1000", "Raft:MailboxBytes must be at least 1048576, to hold one command of Raft:Consensus:MaxEntryBytes")]
    [TestCase("Raft:EventCapacity", "0", "Raft:EventCapacity must be at least 1")]
    [TestCase("Raft:MaxWriteStallTicks", "0", "Raft:MaxWriteStallTicks must be at least 1; a few times Raft:Consensus:ElectionTicks")]
    [TestCase("Raft:StopTimeout", "00:00:00", "Raft:StopTimeout must be greater than zero")]
    [TestCase("Raft:MaxStaleness", "-00:00:01", "Raft:MaxStaleness must be greater than zero")]
    [TestCase("Raft:Consensus:ElectionTicks", "1", "Raft:Consensus: RaftOptions.ElectionTicks")]
    [TestCase("Raft:Consensus:MaxEntryBytes", "5000000", "Raft:Transport:MaxFrameBytes must be at least")]
    [TestCase("Raft:Consensus:SnapshotChunkBytes", "4194304", "Raft:Transport:MaxFrameBytes must be at least")]
    [TestCase("Raft:Transport:MaxQueuedMessages", "0", "Raft:Transport: GrpcTransportOptions.MaxQueuedMessages")]
    public void A_wrong_setting_is_named_with_its_remedy(string key, string value, string message)
    {
        Dictionary<string, string?> settings = ValidSettings();
        settings[key] = value;

        Assert.That(() => Options(settings), Throws.TypeOf<OptionsValidationException>().With.Message.Contains(message));
    }

    [TestCase("4", null, "Raft:Listen is missing: set it, or Raft:Peers:4")]
    [TestCase("0", null, "which the cluster has never had")]
    [TestCase("4", "10.0.0.4:7000", "Raft:Peers:4")]
    public void A_wrong_setting_of_a_node_that_joins_is_named_with_its_remedy(string id, string? address, string message)
    {
        Dictionary<string, string?> settings = ValidSettings();
        settings["Raft:Join"] = "true";
        settings["Raft:NodeId"] = id;
        if (address is not null)
        {
            settings["Raft:Peers:4"] = address;
        }

        Assert.That(() => Options(settings), Throws.TypeOf<OptionsValidationException>().With.Message.Contains(message));
    }

    [Test]
    public void A_configuration_without_members_is_only_for_a_node_that_joins()
    {
        Dictionary<string, string?> settings = ValidSettings();
        settings.Remove("Raft:Peers:1");
        settings.Remove("Raft:Peers:2");
        settings["Raft:Listen"] = "127.0.0.1:7001";
        Assert.That(() => Options(settings), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Raft:Join"));

        settings["Raft:Join"] = "true";
        Assert.That(Options(settings).Configuration(), Is.EqualTo(ClusterConfiguration.Empty));
    }

    [Test]
    public void Founding_members_and_their_addresses_make_the_first_configuration_however_they_are_written()
    {
        Dictionary<string, string?> settings = ValidSettings();
        settings["Raft:Peers:1"] = "HTTPS://LocalHost:443/";
        settings["Raft:Peers:2"] = "https://[2001:db8::0002]:7002";
        ClusterConfiguration configuration = Options(settings).Configuration();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.Voters, Is.EqualTo(new[] { new NodeId(1), new NodeId(2) }));
            Assert.That(configuration.Addresses.Values, Is.EqualTo(new[] { "https://localhost:443", "https://[2001:db8::2]:7002" }));
        }
    }

    [Test]
    public async Task A_node_that_joins_waits_and_founds_nothing()
    {
        await using WebApplication app = SingleNode<KeyValueStore>(new LogSink(), join: true);
        await app.StartAsync();
        var raft = app.Services.GetRequiredService<IRaft>();
        var time = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.Holds(() => time.Elapsed > TimeSpan.FromMilliseconds(500), "several election timeouts pass");

        Assert.That(raft.Status, Has.Property(nameof(RaftStatus.Role)).EqualTo(Role.Follower).And.Property(nameof(RaftStatus.Term)).EqualTo(0));
        await app.StopAsync();
        Assert.That(raft.Completion.IsCompletedSuccessfully);
    }

    [Test]
    public void Settings_reach_the_node_and_the_transport()
    {
        Dictionary<string, string?> settings = ValidSettings();
        settings["Raft:Consensus:ElectionTicks"] = "25";
        settings["Raft:Transport:MaxReconnectDelay"] = "00:00:03";
        RaftHostOptions options = Options(settings);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Consensus.ElectionTicks, Is.EqualTo(25));
            Assert.That(options.Transport.MaxReconnectDelay, Is.EqualTo(TimeSpan.FromSeconds(3)));
            Assert.That(options.ListenEndPoint(), Is.EqualTo(new IPEndPoint(IPAddress.Loopback, 7001)));
        }
    }

    [Test]
    public void Unless_it_is_set_an_option_of_the_node_has_the_nodes_own_default()
    {
        RaftHostOptions options = Options(ValidSettings());
        var expected = new RaftNodeOptions { Id = new NodeId(1), Configuration = options.Configuration(), ClusterId = "kv" };

        Assert.That(RaftServices.NodeOptions(options), Is.EqualTo(expected));
    }

    [TestCase("MailboxCapacity", "11", nameof(RaftNodeOptions.MailboxCapacity), 11)]
    [TestCase("MailboxBytes", "5000000", nameof(RaftNodeOptions.MailboxBytes), 5_000_000L)]
    [TestCase("EventCapacity", "12", nameof(RaftNodeOptions.EventCapacity), 12)]
    [TestCase("MaxWriteStallTicks", "13", nameof(RaftNodeOptions.MaxWriteStallTicks), 13)]
    [TestCase("StopTimeout", "00:00:02", nameof(RaftNodeOptions.StopTimeout), 2)]
    [TestCase("MaxStaleness", "00:00:03", nameof(RaftNodeOptions.MaxStaleness), 3)]
    [TestCase("TickInterval", "00:00:04", nameof(RaftNodeOptions.TickInterval), 4)]
    [TestCase("ClusterId", "other", nameof(RaftNodeOptions.ClusterId), "other")]
    public void A_setting_reaches_the_node(string key, string value, string property, object expected)
    {
        Dictionary<string, string?> settings = ValidSettings();
        settings[$"Raft:{key}"] = value;

        RaftNodeOptions options = RaftServices.NodeOptions(Options(settings));

        object? actual = typeof(RaftNodeOptions).GetProperty(property)!.GetValue(options);
        Assert.That(actual is TimeSpan time ? (int)time.TotalSeconds : actual, Is.EqualTo(expected));
    }

    [Test]
    public void An_application_hosts_one_node()
    {
        var services = new ServiceCollection();
        services.AddRaft(static _ => { });

        Assert.That(() => services.AddRaft(static _ => { }), Throws.InvalidOperationException.With.Message.Contains("twice"));
    }

    [Test]
    public async Task A_missing_part_is_named()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        IPEndPoint endPoint = LoopbackPort.Reserve();
        builder.Services.AddRaft(options => Plaintext(options, endPoint)).UseGrpcTransport();
        await using WebApplication app = builder.Build();

        Assert.That(async () => await app.StartAsync(), Throws.InvalidOperationException.With.Message.Contains("UseFasterStorage"));
    }

    [Test]
    public async Task Mapping_without_a_transport_is_explained()
    {
        await using WebApplication app = WebApplication.CreateSlimBuilder().Build();

        Assert.That(() => app.MapRaft(), Throws.InvalidOperationException.With.Message.Contains("UseGrpcTransport"));
    }

    // The sample of the documentation, with storage in memory.
    private static WebApplication KeyValueNode(int id, TemporaryFolder folder, ClusterCertificateAuthority authority, IPEndPoint[] raft, IPEndPoint http)
    {
        using (NodeCertificate certificate = authority.IssueNode(new NodeId((ulong)id)))
        {
            certificate.Save(folder.File($"{id}.crt"), folder.File($"{id}.key"));
        }

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = $"http://{http}",
            ["Raft:ClusterId"] = "kv",
            ["Raft:NodeId"] = $"{id}",
            ["Raft:Peers:1"] = $"https://{raft[0]}",
            ["Raft:Peers:2"] = $"https://{raft[1]}",
            ["Raft:Peers:3"] = $"https://{raft[2]}",
            ["Raft:Tls:Certificate"] = folder.File($"{id}.crt"),
            ["Raft:Tls:Key"] = folder.File($"{id}.key"),
            ["Raft:Tls:Authority"] = folder.File("ca.crt"),
        });
        IRaftBuilder node = builder.Services.AddRaft(builder.Configuration.GetSection("Raft")).UseGrpcTransport().UseStateMachine<KeyValueStore>();
        node.Services.AddSingleton<IRaftStorage>(new MemoryStorage());
        WebApplication app = builder.Build();
        app.MapRaft();
        app.MapPut("/kv/{key}", static async (string key, Stream body, IRaft raft, CancellationToken ct) =>
        {
            using var reader = new StreamReader(body);
            await raft.ProposeAsync(Encoding.UTF8.GetBytes($"{key}={await reader.ReadToEndAsync(ct)}"), ct);
        });
        app.MapGet("/kv/{key}", static async (string key, IRaft raft, KeyValueStore store, CancellationToken ct) =>
        {
            await raft.ReadBarrierAsync(ReadConsistency.Linearizable, ct);
            return store.Get(key);
        });
        return app;
    }

    private static WebApplication SingleNode<TMachine>(LogSink log, bool join = false)
        where TMachine : class, IStateMachine
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        IPEndPoint endPoint = LoopbackPort.Reserve();
        builder.WebHost.UseUrls($"http://{LoopbackPort.Reserve()}");
        builder.Services.AddRaft(options => Plaintext(options, endPoint, join)).UseGrpcTransport().UseStateMachine<TMachine>()
            .Services.AddSingleton<IRaftStorage>(new MemoryStorage());
        WebApplication app = builder.Build();
        app.MapRaft();
        return app;
    }

    private static void Plaintext(RaftHostOptions options, IPEndPoint endPoint, bool join = false)
    {
        options.Join = join;
        options.ClusterId = "kv";
        options.NodeId = 1;
        options.Peers["1"] = $"http://{endPoint}";
        options.Transport.AllowPlaintextOnLoopback = true;
        options.TickInterval = TimeSpan.FromMilliseconds(10);
    }

    private static RaftStatus StatusOf(WebApplication node) => node.Services.GetRequiredService<IRaft>().Status;

    private static bool Leads(WebApplication node) => StatusOf(node).Role == Role.Leader;

    private static async Task ProposeWhenLeading(IRaft raft)
    {
        await Eventually.Holds(() => raft.Status.Role == Role.Leader, "the node leads");
        await raft.ProposeAsync(Encoding.UTF8.GetBytes("a=b"));
    }

    private static RaftHostOptions Options(Dictionary<string, string?> settings)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddRaft(configuration.GetSection("Raft"));
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<RaftHostOptions>>().Value;
    }

    private static Dictionary<string, string?> ValidSettings() => new()
    {
        ["Raft:ClusterId"] = "kv",
        ["Raft:NodeId"] = "1",
        ["Raft:Peers:1"] = "https://127.0.0.1:7001",
        ["Raft:Peers:2"] = "https://127.0.0.1:7002",
        ["Raft:Tls:Certificate"] = "node.crt",
        ["Raft:Tls:Key"] = "node.key",
        ["Raft:Tls:Authority"] = "ca.crt",
    };

    private sealed class KeyValueStore : IStateMachine
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _values = new();

        public string? Get(string key) => _values.GetValueOrDefault(key);

        public ReadOnlyMemory<byte> Apply(in Entry entry)
        {
            string[] pair = Encoding.UTF8.GetString(entry.Payload.Span).Split('=');
            _values[pair[0]] = pair[1];
            return default;
        }
    }

    private sealed class BrokenMachine : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in Entry entry) => throw new InvalidOperationException("The machine does not like this command.");
    }
}
