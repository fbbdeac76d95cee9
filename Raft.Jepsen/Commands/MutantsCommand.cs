using System.CommandLine;
using System.Text.Json;
using Raft.Jepsen.Mutants;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen mutants</c>: lists the bugs that can be planted.</summary>
internal static class MutantsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line." };
        var command = new Command(
            "mutants", "Lists the bugs that 'sim --mutant' can plant, to prove that the simulator finds them.") { json };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            foreach (Mutant mutant in MutantCatalog.All)
            {
                output.WriteLine(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(new { name = mutant.Name, description = mutant.Description, properties = mutant.Properties })
                    : $"{mutant.Name,-28} {mutant.Description}");
            }

            return 0;
        });
        return command;
    }
}
