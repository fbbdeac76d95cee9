using System.CommandLine;

namespace NexaLoak.Orchestrator.Commands;

/// <summary>The command line as a whole: which commands there are, and how errors end.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Runs one command. Errors are one line on the standard error stream.</summary>
    /// <returns>0 when all went well, 1 after a failure, 2 when the command line itself is wrong or lacks a consent.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Build().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            string command = PathOf(parsed.CommandResult.Command);
            string problem = parsed.UnmatchedTokens is [var unknown, ..]
                ? $"'{unknown}' is not a command or option of {command}"
                : parsed.Errors[0].Message.TrimEnd('.');
            Report($"{problem}. See '{command} --help'.");
            return Misused;
        }

        try
        {
            // Each command ends by its own rules when it is told to stop.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperatorException error)
        {
            Report(error.Message);
        }
#pragma warning disable CA1031 // The last resort: whatever else goes wrong is named in one line too.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Report($"unexpected {error.GetType().Name}: {error.Message} Please report this as a defect.");
        }

        return Failed;
    }

    private static RootCommand Build() => new("Keeps the domain of a VPN fleet pointing at the servers that are alive.")
    {
        InitCommand.Build(),
        ServeCommand.Build(),
        StatusCommand.Build(),
        RecoverCommand.Build(),
        DemoCommand.Build(),
    };

    private static string PathOf(Command command) => command is RootCommand ? "nexaloak" : $"nexaloak {command.Name}";

    private static void Report(string message) => Console.Error.WriteLine($"nexaloak: {message.ReplaceLineEndings(" ")}");
}
