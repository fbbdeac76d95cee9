using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Security.Cryptography;
using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Configuration;

namespace NexaLoak.Orchestrator.Commands;

/// <summary><c>nexaloak init</c>: writes the files of a new fleet.</summary>
internal static class InitCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder to write; it must be new or empty.",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<List<PlannedNode>> Nodes = new("--nodes")
    {
        Description = "The servers: names and public IPv4 addresses, separated by commas. "
            + "An odd number from 3 on survives the loss of a minority.",
        HelpName = "n1=IP[,n2=IP…]",
        Required = true,
        CustomParser = ParseNodes,
    };

    private static readonly Option<string> Zone = DomainOption("--zone", "The zone at Cloudflare, such as example.com.");
    private static readonly Option<string> Domain =
        DomainOption("--domain", "The domain in the zone that the users connect to, such as vpn.example.com.");

    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "Id of the cluster, which marks its DNS records. Drawn at random by default.",
        HelpName = "ID",
    };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "File with the Cloudflare API token, copied to each node's folder. Without it the nodes' token files are left empty.",
        HelpName = "FILE",
    };

    private static readonly Option<int> RaftPort = PortOption("--raft-port", "TCP port between the nodes.", 7400);
    private static readonly Option<int> ApiPort = PortOption("--api-port", "TCP port of the status API, on loopback.", 7480);
    private static readonly Option<int> VpnPort = PortOption("--vpn-port", "TCP port of the VPN service.", 443);

    public static Command Build()
    {
        Cluster.Validators.Add(static result => Require(result, Name.IsIdentifier, $"is not a cluster id. {Name.IdentifierRule}"));
        var command = new Command("init", "Write the configuration, certificates and keys of a new fleet.")
        {
            Out, Nodes, Domain, Zone, Cluster, TokenFile, RaftPort, ApiPort, VpnPort,
        };
        command.Validators.Add(static result =>
        {
            if (result.GetValue(Domain) is { } domain && result.GetValue(Zone) is { } zone && !Name.IsWithin(domain, zone))
            {
                result.AddError($"The domain '{domain}' does not lie in the zone '{zone}'.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(arguments.GetRequiredValue(Out));
        var plan = new FleetPlan
        {
            Cluster = arguments.GetValue(Cluster) ?? $"nl-{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
            Nodes = arguments.GetRequiredValue(Nodes),
            Zone = arguments.GetRequiredValue(Zone),
            Domain = arguments.GetRequiredValue(Domain),
            Token = arguments.GetValue(TokenFile) is { } file ? await ReadTokenAsync(file, cancellationToken) : null,
            RaftPort = arguments.GetValue(RaftPort),
            ApiPort = arguments.GetValue(ApiPort),
            VpnPort = arguments.GetValue(VpnPort),
        };
        FleetFolder.Write(folder, plan);
        Describe(arguments.InvocationConfiguration.Output, folder, plan);
        return 0;
    }

    private static async Task<string> ReadTokenAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await new CloudflareTokenFile(file).ReadAsync(cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new OperatorException(
                $"{error.Message}. Correct the file, or leave out --token-file and fill in the tokens later.", error);
        }
    }

    private static void Describe(TextWriter output, string folder, FleetPlan plan)
    {
        output.WriteLine($"Cluster {plan.Cluster} for {plan.Domain}, written to {folder}:");
        output.WriteLine("  ca.crt, ca.key   the cluster's certificate authority; keep ca.key safe and off the nodes");
        foreach (PlannedNode node in plan.Nodes)
        {
            string files = $"{FleetFolder.ConfigurationFile}, ca.crt, node.crt, node.key, {FleetFolder.TokenFile}";
            output.WriteLine($"  {node.Name}/   for {node.Address}: {files}");
        }

        output.WriteLine("Next:");
        output.WriteLine(plan.Token is null
            ? $"  1. Put a Cloudflare API token (Zone:Read and DNS:Edit on {plan.Zone}) into each {FleetFolder.TokenFile}."
            : "  1. The Cloudflare token is in place.");
        output.WriteLine("  2. Copy each node's folder to its server, over a channel you trust: it holds the node's key.");
        output.WriteLine($"  3. On each server run: nexaloak serve --config {FleetFolder.ConfigurationFile}");
    }

    private static List<PlannedNode>? ParseNodes(ArgumentResult result)
    {
        var nodes = new List<PlannedNode>();
        foreach (string part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            string[] pair = part.Split('=');
            if (pair.Length != 2 || !Name.IsIdentifier(pair[0]) || !Ip.TryParse(pair[1], out IPAddress? address))
            {
                result.AddError($"'{part}' in --nodes is not NAME=IPV4, such as n1=203.0.113.7. For names: {Name.IdentifierRule}");
                return null;
            }

            if (nodes.Exists(node => node.Name == pair[0] || node.Address.Equals(address)))
            {
                result.AddError($"'{part}' in --nodes repeats a name or an address. Give each node its own.");
                return null;
            }

            nodes.Add(new PlannedNode(pair[0], address));
        }

        return nodes;
    }

    private static Option<string> DomainOption(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "NAME", Required = true };
        option.Validators.Add(static result => Require(result, Name.IsDomain, "is not a domain name in full and in lower case"));
        return option;
    }

    private static Option<int> PortOption(string name, string description, int port)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "PORT", DefaultValueFactory = _ => port };
        option.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int value) && value is > 0 and <= ushort.MaxValue))
            {
                result.AddError($"'{token.Value}' for {result.Option.Name} is not a port. Use a number from 1 to {ushort.MaxValue}.");
            }
        });
        return option;
    }

    private static void Require(OptionResult result, Predicate<string> holds, string otherwise)
    {
        if (result.Tokens is [var token] && !holds(token.Value))
        {
            result.AddError($"'{token.Value}' for {result.Option.Name} {otherwise}");
        }
    }
}
