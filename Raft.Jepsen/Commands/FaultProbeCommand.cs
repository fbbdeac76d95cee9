using System.CommandLine;
using Raft.Jepsen.Running.Faults;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen fault-probe</c>: shows what the library of faults does to a process, for the runs that use it.</summary>
internal static class FaultProbeCommand
{
    public const string Name = "fault-probe";

    public static Command Create()
    {
        var command = new Command(Name, "Tells clocks, and what becomes of writes and waits, one answer for each line of input.") { Hidden = true };
        command.SetAction(parsed =>
        {
            FaultProbeAnswers.Give(Console.In, parsed.InvocationConfiguration.Output);
            return 0;
        });
        return command;
    }
}
