using System.CommandLine;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen check</c>: judges a history of real clients.</summary>
internal static class CheckCommand
{
    /// <summary>Also the code for a wrong command line or a file that is no history: nothing was shown.</summary>
    private const int CouldNotTell = 2;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The history, one JSON object a line; docs/jepsen.md describes it." };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line; the last one sums up." };
        Option<long> steps = CommonOptions.AtLeastOne(
            "--steps", "How many steps the search for an order may take for each register before it gives up.", HistoryChecker.DefaultStepsPerKey);
        var command = new Command(
            "check",
            "Judges what clients saw of a cluster. Ends with 0 when all is as promised, with 1 when it is not, with 2 when that could not be told.")
        {
            file, json, steps,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!,
            parsed.GetValue(steps),
            new CheckReport(parsed.GetValue(json), parsed.InvocationConfiguration.Output),
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string file, long steps, CheckReport report, TextWriter errors)
    {
        try
        {
            using var reader = new StreamReader(file);
            History history = HistoryReader.Read(reader);
            HistoryVerdict verdict = new HistoryChecker(steps).Check(history);
            report.Print(history, verdict);
            return verdict.Verdict switch
            {
                Verdict.Valid => 0,
                Verdict.Invalid => 1,
                _ => CouldNotTell,
            };
        }
        catch (HistoryFormatException problem)
        {
            errors.WriteLine($"raft-jepsen: {file}, {problem.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException { ParamName: "path" })
        {
            errors.WriteLine($"raft-jepsen: The history cannot be read: {failure.Message}");
        }

        return CouldNotTell;
    }
}
