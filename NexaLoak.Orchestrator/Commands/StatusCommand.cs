using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using NexaLoak.Orchestrator.Api;
using NexaLoak.Orchestrator.Configuration;
using Spectre.Console;

namespace NexaLoak.Orchestrator.Commands;

/// <summary><c>nexaloak status</c>: what a node knows of the fleet.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly ApiJson Indented = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true });

    private static readonly Option<string?> Config = new("--config")
    {
        Description = "Configuration of the node to ask.",
        HelpName = "FILE",
    };

    private static readonly Option<Uri?> Api = new("--api")
    {
        Description = "Address of the node's API, such as http://127.0.0.1:7480.",
        HelpName = "URL",
        CustomParser = ParseAddress,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the answer as JSON instead of a table." };

    public static Command Build()
    {
        var command = new Command("status", "Show the fleet as one of its nodes sees it.") { Config, Api, Json };
        command.Validators.Add(static result =>
        {
            if (result.GetResult(Config) is null == result.GetResult(Api) is null)
            {
                result.AddError("Say which node to ask: with either --config or --api.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static Uri? ParseAddress(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
        {
            return address;
        }

        result.AddError($"'{text}' for --api is not an address such as http://127.0.0.1:7480.");
        return null;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        Uri api = arguments.GetValue(Api) ?? new Uri($"http://{NodeConfigurationReader.Read(arguments.GetValue(Config)!).Api}/");
        using var client = new StatusClient(Patience);
        NodeStatus status;
        try
        {
            status = await client.GetAsync(api, cancellationToken);
        }
        catch (IOException error)
        {
            throw new OperatorException($"{error.Message} Check that 'nexaloak serve' runs there.", error);
        }

        TextWriter output = arguments.InvocationConfiguration.Output;
        if (arguments.GetValue(Json))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(status, Indented.NodeStatus));
        }
        else
        {
            Draw(status, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }));
        }

        return 0;
    }

    private static void Draw(NodeStatus status, IAnsiConsole console)
    {
        string leader = status.Leader is { } name ? $"{name} leads" : "no leader known";
        console.WriteLine($"{status.Node} of cluster {status.Cluster}: {status.Role} in term {status.Term}, {leader}");
        string state = $"{status.State.Hash[..12]} at {status.State.AppliedIndex}";
        console.WriteLine($"committed {status.CommitIndex}, applied {status.AppliedIndex}, snapshot at {status.SnapshotIndex}, state {state}");
        string addresses = status.Domain.Addresses.Count == 0 ? "no addresses" : string.Join(" ", status.Domain.Addresses);
        console.WriteLine($"{status.Domain.Name}: {addresses}");
        foreach (string? trouble in (string?[])[status.Failure, status.Domain.Frozen, status.Domain.Error])
        {
            if (trouble is not null)
            {
                console.WriteLine($"! {trouble}");
            }
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("node", "address", "condition", "control", "reached by", "not reached by", "published");
        foreach (FleetNodeStatus node in status.Nodes)
        {
            table.AddRow(
                node.Name,
                node.Address,
                node.Condition,
                node.Control,
                string.Join(" ", node.ServiceUp),
                string.Join(" ", node.ServiceDown),
                node.Published ? "yes" : "no");
        }

        console.Write(table);
    }
}
