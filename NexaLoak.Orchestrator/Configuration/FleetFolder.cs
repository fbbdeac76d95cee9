using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>Writes a fleet's files: the cluster's authority, and one folder for each node with all that the node needs.</summary>
internal static class FleetFolder
{
    /// <summary>Name of a node's configuration file in its folder.</summary>
    public const string ConfigurationFile = "nexaloak.json";

    /// <summary>Name of the file for the DNS provider's token in a node's folder.</summary>
    public const string TokenFile = "cloudflare.token";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the files into a folder that must not hold anything yet. Either all of it is there in the end, or nothing.</summary>
    /// <exception cref="OperatorException">There is something already, or it can't be written.</exception>
    public static void Write(string folder, FleetPlan plan)
    {
        folder = Path.GetFullPath(folder);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new OperatorException($"{folder} is there already, and nothing in it is overwritten. Name a new folder with --out.");
        }

        string draft = $"{folder}.{Path.GetRandomFileName()}";
        try
        {
            WriteDraft(draft, plan);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            Directory.Move(draft, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{folder} can't be written: {error.Message} Name another folder with --out, or correct the permissions.", error);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    private static void WriteDraft(string folder, FleetPlan plan)
    {
        Directory.CreateDirectory(folder);
        using var authority = ClusterCertificateAuthority.Create(plan.Cluster);
        string certificate = Path.Combine(folder, "ca.crt");
        authority.Save(certificate, Path.Combine(folder, "ca.key"));
        for (int i = 0; i < plan.Nodes.Count; i++)
        {
            PlannedNode node = plan.Nodes[i];
            string own = Path.Combine(folder, node.Name);
            Directory.CreateDirectory(own);
            File.Copy(certificate, Path.Combine(own, "ca.crt"));
            using NodeCertificate issued = authority.IssueNode(IdOf(i), [node.Address.ToString()]);
            issued.Save(Path.Combine(own, "node.crt"), Path.Combine(own, "node.key"));
            WriteSecret(Path.Combine(own, TokenFile), plan.Token);
            File.WriteAllText(Path.Combine(own, ConfigurationFile), Configuration(plan, node).ToJsonString(Indented) + "\n");
        }
    }

    private static void WriteSecret(string path, string? secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(secret is null ? "" : secret + "\n"));
    }

    private static JsonObject Configuration(FleetPlan plan, PlannedNode node) => new()
    {
        ["cluster"] = plan.Cluster,
        ["node"] = node.Name,
        ["address"] = node.Address.ToString(),
        ["dataDirectory"] = "data",
        ["members"] = new JsonArray([.. plan.Nodes.Select((member, i) => new JsonObject
        {
            ["name"] = member.Name,
            ["id"] = IdOf(i).Value,
            ["raft"] = $"{member.Address}:{plan.RaftPort}",
        })]),
        ["api"] = new JsonObject { ["listen"] = $"{plan.ApiAddress ?? node.Address}:{plan.ApiPort}" },
        ["vpn"] = new JsonObject { ["port"] = plan.VpnPort },
        ["tls"] = new JsonObject { ["authority"] = "ca.crt", ["certificate"] = "node.crt", ["key"] = "node.key" },
        ["dns"] = Dns(plan),
        ["detection"] = new JsonObject { ["contactTimeoutMs"] = (int)plan.ContactTimeout.TotalMilliseconds },
    };

    private static JsonObject Dns(FleetPlan plan)
    {
        var dns = new JsonObject { ["zone"] = plan.Zone, ["domain"] = plan.Domain, ["ttlSeconds"] = 60, ["tokenFile"] = TokenFile };
        if (plan.DnsApi is not null)
        {
            dns["api"] = plan.DnsApi.ToString();
        }

        return dns;
    }

    private static NodeId IdOf(int position) => new((ulong)position + 1);
}
