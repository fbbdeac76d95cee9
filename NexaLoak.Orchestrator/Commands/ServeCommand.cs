using System.CommandLine;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Hosting;

namespace NexaLoak.Orchestrator.Commands;

/// <summary><c>nexaloak serve</c>: runs one node.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Config = new("--config")
    {
        Description = "The node's configuration file.",
        HelpName = "FILE",
        Required = true,
    };
    private static readonly Option<LogFormat> Logs = new("--log-format")
    {
        Description = "How log lines look.",
        DefaultValueFactory = _ => LogFormat.Text,
    };

    public static Command Build()
    {
        var command = new Command("serve", "Run one node of the fleet until it is told to stop (SIGTERM or Ctrl-C).") { Config, Logs };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await NodeHost.RunAsync(NodeConfigurationReader.Read(arguments.GetRequiredValue(Config)), arguments.GetValue(Logs));
        return 0;
    }
}
