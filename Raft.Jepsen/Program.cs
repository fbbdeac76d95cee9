using System.CommandLine;
using Raft.Jepsen.Commands;

const int UsageError = 2;

var root = new RootCommand("Proves the Raft library right, or finds where it is not.")
{
    SimCommand.Create(), MutantsCommand.Create(), StorageCommand.Create(), ServeCommand.Create(), RunCommand.Create(), CampaignCommand.Create(),
    CheckCommand.Create(), PowerCutsCommand.Create(), StorageWriterCommand.Create(), FaultProbeCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count == 0)
{
    // Each command ends by its own rules when it is told to stop.
    return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
}

foreach (var error in parsed.Errors)
{
    Console.Error.WriteLine($"raft-jepsen: {error.Message}");
}

Console.Error.WriteLine("'raft-jepsen --help' shows what there is.");
return UsageError;
