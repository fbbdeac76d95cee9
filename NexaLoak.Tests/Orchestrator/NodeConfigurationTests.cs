using System.Net;
using System.Text.Json.Nodes;
using NexaLoak.Orchestrator;
using NexaLoak.Orchestrator.Configuration;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Core.Node.Snapshots;

namespace NexaLoak.Tests.Orchestrator;

public sealed class NodeConfigurationTests
{
    private static readonly TestCaseData[] Mistakes =
    [
        Mistake("$.cluster", "is missing", root => root.Remove("cluster")),
        Mistake("$.cluster", "'A:b' is not a name", root => root["cluster"] = "A:b"),
        Mistake("$.clutser", "unknown key", root => root["clutser"] = "c1"),
        Mistake("$.dns.tttl", "unknown key", root => root["dns"]!["tttl"] = 60),
        Mistake("$.members[1].port", "unknown key", root => root["members"]![1]!["port"] = 1),
        Mistake("$.node", "'n9' is not among the members (n1, n2, n3)", root => root["node"] = "n9"),
        Mistake("$.address", "'1' is not an IPv4 address", root => root["address"] = "1"),
        Mistake("$.address", "a text in quotes is expected, not 7", root => root["address"] = 7),
        Mistake("$.members", "an array is expected, not an object", root => root["members"] = new JsonObject()),
        Mistake("$.members", "1 to 9 members, not 0", root => root["members"] = new JsonArray()),
        Mistake("$.members[1].name", "'n1' has the same name", root => root["members"]![1]!["name"] = "n1"),
        Mistake("$.members[1].id", "'n1' has the same id", root => root["members"]![1]!["id"] = 1),
        Mistake("$.members[1].raft", "'n1' has the same raft", root => root["members"]![1]!["raft"] = "127.0.0.1:7400"),
        Mistake("$.members[0].raft", "'x:1' is not an address with a port", root => root["members"]![0]!["raft"] = "x:1"),
        Mistake("$.members[0].id", "from 1 to 2147483647 is expected, not 0", root => root["members"]![0]!["id"] = 0),
        Mistake("$.api", "an object is expected, not \"x\"", root => root["api"] = "x"),
        Mistake("$.api.listen", "is not an address with a port", root => root["api"]!["listen"] = "127.0.0.1"),
        Mistake("$.api.listen", "is not an address with a port", root => root["api"]!["listen"] = "127.0.0.1:65536"),
        Mistake("$.vpn.port", "from 1 to 65535", root => root["vpn"]!["port"] = 70_000),
        Mistake("$.vpn.port", "not \"443\"", root => root["vpn"]!["port"] = "443"),
        Mistake("$.raft.electionTicks", "from 3 to 100", root => root["raft"] = new JsonObject { ["electionTicks"] = 1 }),
        Mistake("$.raft.heartbeatTicks", "too many for 10", root => root["raft"] = new JsonObject { ["heartbeatTicks"] = 5 }),
        Mistake("$.raft.snapshotEntries", "from 1 to 1000000 is expected, not 0", root => root["raft"] = new JsonObject { ["snapshotEntries"] = 0 }),
        Mistake("$.raft.snapshotBytes", "from 4096 to 1073741824", root => root["raft"] = new JsonObject { ["snapshotBytes"] = 100 }),
        Mistake("$.tls.key", "there is no file", root => root["tls"]!["key"] = "other.key"),
        Mistake("$.dns.zone", "'Example.com' is not a domain name", root => root["dns"]!["zone"] = "Example.com"),
        Mistake("$.dns.domain", "does not lie in the zone", root => root["dns"]!["domain"] = "vpn.example.org"),
        Mistake("$.dns.domain", "does not lie in the zone", root => root["dns"]!["domain"] = "myexample.com"),
        Mistake("$.dns.ttlSeconds", "from 60 to 86400", root => root["dns"]!["ttlSeconds"] = 59),
        Mistake("$.dns.api", "is not an https:// address", root => root["dns"]!["api"] = "http://api.example.com/client/v4/"),
        Mistake("$.dns.api", "is not an https:// address", root => root["dns"]!["api"] = "https://api.example.com/client/v4"),
        Mistake("$.dns.tokenFile", "there is no file", root => root["dns"]!["tokenFile"] = "nowhere"),
        Mistake("$.detection.contactTimeoutMs", "from 1000 to", root => root["detection"]!["contactTimeoutMs"] = 999),
    ];

    [TestCaseSource(nameof(Mistakes))]
    public void A_mistake_is_named_with_file_line_path_cause_and_remedy(string jsonPath, string cause, Action<JsonObject> make)
    {
        using var files = new FleetFiles();
        files.Edit(make);

        string message = Refusal(files);

        Assert.That(message, Does.StartWith($"{files.Config} line 1, {jsonPath}: "));
        Assert.That(message, Does.Contain(cause));
        Assert.That(message, Does.Not.Contain('\n').And.EndsWith("."));
        Assert.That(message.Split(". "), Has.Length.GreaterThan(1), "cause and remedy are a sentence each");
    }

    [Test]
    public void The_line_of_a_mistake_is_its_own()
    {
        using var files = new FleetFiles();
        string[] lines = File.ReadAllLines(files.Config);
        int line = Array.FindIndex(lines, text => text.Contains("\"ttlSeconds\"", StringComparison.Ordinal));
        lines[line] = lines[line].Replace("60", "5", StringComparison.Ordinal);
        File.WriteAllLines(files.Config, lines);

        Assert.That(Refusal(files), Does.StartWith($"{files.Config} line {line + 1}, $.dns.ttlSeconds: "));
    }

    [TestCase("{ \"cluster\": \"c1\",\n  \"node\" }", 2)]
    [TestCase("", 1)]
    [TestCase("{\n\n\"cluster\": \"c1\", \"cluster\": \"c2\" }", null)]
    [TestCase("{} {}", 1)]
    public void Text_that_is_not_JSON_is_refused(string text, int? line)
    {
        using var files = new FleetFiles();
        File.WriteAllText(files.Config, text);

        Assert.That(
            Refusal(files), Does.StartWith(line is null ? $"{files.Config} line" : $"{files.Config} line {line}: the text is not JSON"));
    }

    [Test]
    public void A_missing_file_is_named()
        => Assert.That(
            () => NodeConfigurationReader.Read("/nowhere/nexaloak.json"),
            Throws.TypeOf<OperatorException>().With.Message.StartsWith("/nowhere/nexaloak.json: there is no such configuration file."));

    [Test]
    public void What_init_writes_is_read_in_full()
    {
        using var files = new FleetFiles();

        NodeConfiguration read = NodeConfigurationReader.Read(files.Config);

        Assert.Multiple(() =>
        {
            Assert.That(read.Cluster, Is.EqualTo("c1"));
            Assert.That(read.Self, Is.EqualTo(new MemberConfiguration("n1", new NodeId(1), IPEndPoint.Parse("127.0.0.1:7400"))));
            Assert.That(read.Members.Select(member => member.Id.Value), Is.EqualTo(new ulong[] { 1, 2, 3 }));
            Assert.That(read.Address, Is.EqualTo(IPAddress.Loopback));
            Assert.That(read.VpnPort, Is.EqualTo(443));
            Assert.That(read.DataDirectory, Is.EqualTo(files.Data));
            Assert.That(read.Api, Is.EqualTo(IPEndPoint.Parse("127.0.0.1:7480")));
            Assert.That(read.Raft.Listen, Is.EqualTo(read.Self.Raft));
            Assert.That(read.Raft.Snapshots, Is.EqualTo(new SnapshotPolicy { Entries = 10_000, Bytes = 16 << 20 }));
            Assert.That(read.Dns.Api.ToString(), Is.EqualTo("https://api.cloudflare.com/client/v4/"));
            Assert.That(read.Dns.TokenFile, Is.EqualTo(Path.Combine(files.Fleet, "n1", "cloudflare.token")));
        });
    }

    [Test]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        using var files = new FleetFiles();
        string text = File.ReadAllText(files.Config).TrimEnd();
        File.WriteAllText(files.Config, $"\uFEFF// n1 of the fleet\n{text[..^1]}, /* the end */ }}\n");

        Assert.That(NodeConfigurationReader.Read(files.Config).Cluster, Is.EqualTo("c1"));
    }

    private static string Refusal(FleetFiles files)
        => Assert.Throws<OperatorException>(() => NodeConfigurationReader.Read(files.Config))!.Message;

    private static TestCaseData Mistake(string jsonPath, string cause, Action<JsonObject> make)
        => new TestCaseData(jsonPath, cause, make).SetArgDisplayNames(jsonPath, cause);
}
