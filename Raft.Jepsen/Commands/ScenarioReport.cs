using Raft.Jepsen.Shrinking;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Commands;

/// <summary>Shrinks failing seeds to scenarios, and runs scenarios.</summary>
internal static class ScenarioReport
{
    private const int DiagramEvents = 40;

    /// <summary>Makes the failure of a seed small, prints it and writes it to a file, and to another one as a test if that is asked for.</summary>
    /// <returns>1 when the seed fails, 0 when there is nothing to shrink.</returns>
    public static int Shrink(ulong seed, SimulationOptions options, string file, string? testFile, TextWriter output)
    {
        if (Scenario.Record(seed, options) is not { } failing)
        {
            output.WriteLine($"seed {seed} breaks no property");
            return 0;
        }

        output.WriteLine($"{failing.Faults.Count} faults and {failing.Operations.Count} requests break {failing.Property}; shrinking");
        Scenario shrunk = Shrinker.Shrink(failing);
        File.WriteAllText(file, shrunk.ToJson());
        if (testFile is not null)
        {
            File.WriteAllText(testFile, TestSource.Of(shrunk));
        }

        int code = Print(shrunk, output);
        output.WriteLine($"replay with: raft-jepsen sim --scenario {file}");
        return code;
    }

    /// <summary>Runs the scenario in a file.</summary>
    /// <returns>1 when a property breaks, 0 when none does, 2 when the file is no scenario.</returns>
    public static int Run(string file, TextWriter output, TextWriter error)
    {
        try
        {
            return Print(Scenario.Parse(File.ReadAllText(file)), output);
        }
        catch (FormatException e)
        {
            error.WriteLine($"raft-jepsen: {file}: {e.Message}");
            return 2;
        }
    }

    private static int Print(Scenario scenario, TextWriter output)
    {
        EventTrace? trace = null;
        SimulationResult result = scenario.Run(nodes => trace = new EventTrace(nodes, DiagramEvents));
        IEnumerable<string> lines = ScenarioText.Lines(scenario).Concat(SpaceTimeDiagram.Lines(trace!.Nodes, trace.Last(DiagramEvents)));
        foreach (string line in lines)
        {
            output.WriteLine(line);
        }

        string after = EventTrace.Seconds(result.VirtualMicroseconds);
        output.WriteLine(result.Failure is null ? "no property breaks" : $"failed after {after} virtual seconds: {result.Failure.Message}");
        return result.Failure is null ? 0 : 1;
    }
}
