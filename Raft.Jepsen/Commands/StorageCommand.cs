using System.CommandLine;
using Raft.Core.Storage;
using Raft.Storage.Faster;
using Raft.Storage.Faster.Inspection;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen storage</c>: looks into the data folder of a stopped node, without a change to it.</summary>
internal static class StorageCommand
{
    private const int DamageFound = 1;
    private const int UsageError = 2;

    public static Command Create() =>
        new("storage", "Looks into the data folder of a stopped node, and changes nothing. Ends with 0 when it is sound, with 1 when it is damaged.")
        {
            Inspect(), Verify(), Dump(),
        };

    private static Command Inspect()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var command = new Command("inspect", "Shows whose data it is, the node's state, log, configurations, snapshots and files.") { directory, json };
        command.SetAction(parsed => Run(parsed, directory, found => new StorageInspectReport(found, Writer(parsed, json)).Print()));
        return command;
    }

    private static Command Verify()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var identity = new Option<string?>("--identity") { Description = "Whose data it should be, such as cluster/node; another's is a fault." };
        var command = new Command("verify", "Reads everything back, and says what is wrong, where, and what that means.") { directory, identity, json };
        command.SetAction(parsed => Run(
            parsed, directory, found => new StorageVerifyReport(found, Writer(parsed, json)).Print(parsed.GetValue(identity))));
        return command;
    }

    private static Command Dump()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var from = new Option<ulong?>("--from") { Description = "Index of the first entry; the first there is if not given." };
        var to = new Option<ulong?>("--to") { Description = "Index of the last entry; the last there is if not given." };
        var payload = new Option<bool>("--payload") { Description = "Print the payloads: what is printable as text in quotes, all else in hexadecimal." };
        var command = new Command("dump", "Prints the entries of the log, one a line.") { directory, from, to, payload, json };
        command.SetAction(parsed => Run(
            parsed,
            directory,
            found => new StorageDumpReport(found, Writer(parsed, json), parsed.InvocationConfiguration.Error)
                .Print(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(payload))));
        return command;
    }

    private static Argument<string> Directory() => new("DIR") { Description = "The data folder of a node that does not run." };

    private static Option<bool> Json() => new("--json") { Description = "Print JSON, one object a line; the last one sums up." };

    private static StorageReportWriter Writer(ParseResult parsed, Option<bool> json) => new(parsed.GetValue(json), parsed.InvocationConfiguration.Output);

    private static int Run(ParseResult parsed, Argument<string> directory, Func<FasterStorageInspection, int> report)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        try
        {
            string path = parsed.GetValue(directory)!;
            if (string.IsNullOrWhiteSpace(path))
            {
                return Refuse(errors, "Name the data folder of a stopped node.", UsageError);
            }

            using FasterStorageInspection inspection = FasterStorageInspection.Open(path);
            return report(inspection);
        }
        catch (StorageOpenException e)
        {
            return Refuse(errors, e.Message, UsageError);
        }
        catch (UnauthorizedAccessException e)
        {
            return Refuse(errors, $"{e.Message} Ask as the user that the node runs as.", UsageError);
        }
        catch (IOException e)
        {
            return Refuse(errors, $"{e.Message} Nothing was changed.", DamageFound);
        }
        catch (StorageCorruptedException e)
        {
            return Refuse(errors, e.Message, DamageFound);
        }
    }

    private static int Refuse(TextWriter errors, string why, int code)
    {
        errors.WriteLine($"raft-jepsen: {why}");
        return code;
    }
}
