using System.CommandLine;
using Raft.Jepsen.PowerCuts;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen storage-writer</c>: the process that writes while <c>raft-jepsen power-cuts</c> cuts the power.</summary>
internal static class StorageWriterCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Where the storage is, or is to be created." };
        var opening = new Option<ulong>("--opening") { Description = "Number of the opening.", DefaultValueFactory = _ => 1 };
        var lie = new Option<SyncLie>("--lie") { Description = "What is only said to be synced." };
        var command = new Command("storage-writer", "Writes to a storage until it fails.") { directory, opening, lie };
        command.Hidden = true;
        command.SetAction(parsed => StorageWriter.Run(
            parsed.GetValue(directory)!, parsed.GetValue(opening), parsed.GetValue(lie), parsed.InvocationConfiguration.Output));
        return command;
    }
}
