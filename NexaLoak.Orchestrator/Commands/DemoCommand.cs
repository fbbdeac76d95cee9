using System.CommandLine;
using NexaLoak.Orchestrator.Demo;
using NexaLoak.Orchestrator.Demo.Scenarios;

namespace NexaLoak.Orchestrator.Commands;

/// <summary><c>nexaloak demo</c>: a whole fleet on this machine.</summary>
internal static class DemoCommand
{
    private const int FewestNodes = 3;
    private const int MostNodes = 9;

    private static readonly Option<int> Nodes = new("--nodes")
    {
        Description = $"Number of servers, {FewestNodes} to {MostNodes}.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<string?> Scenario = new("--scenario")
    {
        Description = "What befalls the fleet once it is ready.",
        HelpName = string.Join('|', ScenarioCatalog.Names),
    };
    private static readonly Option<bool> Once = new("--once")
    {
        Description = "End after the scenario: with 0 if all went as it must, else with 1.",
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object a line instead of a table." };

    public static Command Build()
    {
        Scenario.AcceptOnlyFromAmong([.. ScenarioCatalog.Names]);
        Nodes.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int count) && count is >= FewestNodes and <= MostNodes))
            {
                result.AddError($"'{token.Value}' for --nodes is not a number from {FewestNodes} to {MostNodes}.");
            }
        });
        var command = new Command(
            "demo", "Run a whole fleet on this machine, with an emulated Cloudflare, until Ctrl-C. Nothing is left behind.")
        {
            Nodes, Scenario, Once, Json,
        };
        command.Validators.Add(static result =>
        {
            if (result.GetValue(Once) && result.GetValue(Scenario) is null)
            {
                result.AddError("--once needs a --scenario.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var options = new DemoOptions(
            arguments.GetValue(Nodes),
            ScenarioCatalog.Find(arguments.GetValue(Scenario)),
            arguments.GetValue(Once),
            arguments.GetValue(Json));
        try
        {
            return await new DemoRun(options, arguments.InvocationConfiguration.Output).RunAsync() ? 0 : 1;
        }
        catch (DemoException error)
        {
            throw new OperatorException(error.Message, error);
        }
    }
}
