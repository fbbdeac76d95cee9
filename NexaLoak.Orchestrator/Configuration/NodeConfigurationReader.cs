using System.Net;
using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Health;
using Raft.Core.Membership;
using Raft.Core.Node.Snapshots;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>Reads a node's configuration file and checks it as a whole.</summary>
internal static class NodeConfigurationReader
{
    private const int MostMembers = 9;

    /// <summary>Reads <paramref name="file"/>.</summary>
    /// <exception cref="OperatorException">It can't be used; the message says where and why.</exception>
    public static NodeConfiguration Read(string file)
    {
        ConfigurationSource source = ConfigurationSource.Read(file);
        var root = new ConfigurationSection(source, source.Root, "$");
        string cluster = Identifier(root, "cluster");
        string node = Identifier(root, "node");
        IReadOnlyList<MemberConfiguration> members = ReadMembers(root);
        MemberConfiguration self = members.FirstOrDefault(member => member.Name == node)
            ?? throw root.Error(
                "node",
                $"'{node}' is not among the members ({string.Join(", ", members.Select(member => member.Name))}). Name one of them.");
        var configuration = new NodeConfiguration
        {
            File = source.File,
            Cluster = cluster,
            Self = self,
            Members = members,
            Address = root.Address("address"),
            DataDirectory = root.PathOf("dataDirectory"),
            Api = ReadApi(root.Section("api")),
            VpnPort = ReadVpn(root.Section("vpn")),
            Raft = ReadRaft(root.Section("raft", optional: true), self),
            Tls = ReadTls(root.Section("tls")),
            Dns = ReadDns(root.Section("dns")),
            Detection = ReadDetection(root.Section("detection", optional: true)),
        };
        root.Close();
        return configuration;
    }

    private static string Identifier(ConfigurationSection section, string key)
    {
        string text = section.Text(key);
        return Name.IsIdentifier(text) ? text : throw section.Error(key, $"'{text}' is not a name. {Name.IdentifierRule}");
    }

    private static List<MemberConfiguration> ReadMembers(ConfigurationSection root)
    {
        IReadOnlyList<ConfigurationSection> sections = root.Sections("members");
        if (sections.Count is < 1 or > MostMembers)
        {
            throw root.Error("members", $"a cluster has 1 to {MostMembers} members, not {sections.Count}. List each node once.");
        }

        var members = new List<MemberConfiguration>(sections.Count);
        foreach (ConfigurationSection section in sections)
        {
            var member = new MemberConfiguration(
                Identifier(section, "name"), new NodeId((ulong)section.Number("id", 1, int.MaxValue)), section.EndPoint("raft"));
            section.Close();
            if (members.Find(other => other.Name == member.Name || other.Id == member.Id || other.Raft.Equals(member.Raft)) is { } twin)
            {
                string key = twin.Name == member.Name ? "name" : twin.Id == member.Id ? "id" : "raft";
                throw section.Error(key, $"member '{twin.Name}' has the same {key}. Give each member its own.");
            }

            members.Add(member);
        }

        return members;
    }

    private static IPEndPoint ReadApi(ConfigurationSection section)
    {
        IPEndPoint listen = section.EndPoint("listen");
        section.Close();
        return listen;
    }

    private static int ReadVpn(ConfigurationSection section)
    {
        int port = section.Number("port", 1, ushort.MaxValue);
        section.Close();
        return port;
    }

    private static RaftConfiguration ReadRaft(ConfigurationSection section, MemberConfiguration self)
    {
        var raft = new RaftConfiguration(
            section.EndPoint("listen", fallback: self.Raft),
            section.Milliseconds("tickMs", 10, 1_000, fallback: TimeSpan.FromMilliseconds(100)),
            section.Number("electionTicks", 3, 100, fallback: 10),
            section.Number("heartbeatTicks", 1, 50, fallback: 1),
            new SnapshotPolicy
            {
                Entries = (ulong)section.Number("snapshotEntries", 1, 1_000_000, fallback: 10_000),
                Bytes = section.Number("snapshotBytes", 4 << 10, 1 << 30, fallback: 16 << 20),
            });
        section.Close();
        return raft.HeartbeatTicks * 2 < raft.ElectionTicks
            ? raft
            : throw section.Error(
                "heartbeatTicks",
                $"{raft.HeartbeatTicks} is too many for {raft.ElectionTicks} election ticks. Let at least two heartbeats fit in.");
    }

    private static TlsConfiguration ReadTls(ConfigurationSection section)
    {
        var tls = new TlsConfiguration(section.ExistingFile("authority"), section.ExistingFile("certificate"), section.ExistingFile("key"));
        section.Close();
        return tls;
    }

    private static DnsConfiguration ReadDns(ConfigurationSection section)
    {
        var dns = new DnsConfiguration(
            ReadApiAddress(section),
            ReadDomain(section, "zone"),
            ReadDomain(section, "domain"),
            TimeSpan.FromSeconds(section.Number("ttlSeconds", 60, 86_400, fallback: 60)),
            section.ExistingFile("tokenFile"));
        section.Close();
        return Name.IsWithin(dns.Domain, dns.Zone)
            ? dns
            : throw section.Error("domain", $"'{dns.Domain}' does not lie in the zone '{dns.Zone}'. Correct one of the two.");
    }

    // The token travels with every request, so only a loopback address may be spoken to in clear.
    private static Uri ReadApiAddress(ConfigurationSection section)
    {
        string text = section.Text("api", fallback: CloudflareOptions.DefaultBaseAddress);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.AbsolutePath.EndsWith('/')
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            ? uri
            : throw section.Error("api", $"'{text}' is not an https:// address that ends in '/'. Leave the key out for Cloudflare's own.");
    }

    private static string ReadDomain(ConfigurationSection section, string key)
    {
        string text = section.Text(key);
        return Name.IsDomain(text)
            ? text
            : throw section.Error(key, $"'{text}' is not a domain name. Write it in full and in lower case, such as vpn.example.com.");
    }

    private static HealthOptions ReadDetection(ConfigurationSection section)
    {
        var defaults = new HealthOptions();
        HealthOptions options = defaults with
        {
            ContactTimeout = section.Milliseconds("contactTimeoutMs", 1_000, 600_000, defaults.ContactTimeout),
            ProbeInterval = section.Milliseconds("probeIntervalMs", 100, 60_000, defaults.ProbeInterval),
            ProbeTimeout = section.Milliseconds("probeTimeoutMs", 100, 60_000, defaults.ProbeTimeout),
            RecoveryTime = section.Milliseconds("recoveryMs", 100, 3_600_000, defaults.RecoveryTime),
        };
        section.Close();
        return options;
    }
}
