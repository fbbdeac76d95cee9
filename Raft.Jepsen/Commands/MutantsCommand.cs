using System.CommandLine;
using System.Text.Json;
using Raft.Jepsen.Mutants;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen mutants</c>: lists the bugs that can be planted, and measures how soon each is found.</summary>
internal static class MutantsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line." };
        var measure = new Option<bool>("--measure") { Description = "Run seeds with each until it is found, and print a table." };
        var only = new Option<string?>("--only") { Description = "Measure this one only." };
        Option<long> repeats = CommonOptions.AtLeastOne("--repeats", "How often each is measured, from other seeds.", 7);
        Option<long> limit = CommonOptions.AtLeastOne("--limit", "After how many seeds a search gives up.", 5000);
        Option<TimeSpan> duration = CommonOptions.Virtual();
        Option<long> threads = CommonOptions.Threads();
        only.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && MutantCatalog.Find(result.Tokens[0].Value) is null)
            {
                result.AddError($"There is no mutant '{result.Tokens[0].Value}'.");
            }
        });
        var command = new Command("mutants", "Lists the bugs that 'sim --mutant' can plant, to prove that the simulator finds them.")
        {
            json, measure, only, repeats, limit, duration, threads,
        };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (!parsed.GetValue(measure))
            {
                return List(parsed.GetValue(json), output);
            }

            var measurement = new MutantMeasurement(
                (long)parsed.GetValue(duration).TotalMicroseconds,
                (int)parsed.GetValue(repeats),
                parsed.GetValue(limit),
                (int)parsed.GetValue(threads));
            IReadOnlyList<Mutant> mutants = parsed.GetValue(only) is { } name ? [MutantCatalog.Find(name)!] : MutantCatalog.All;
            return Measure(measurement, mutants, parsed.GetValue(json), output);
        });
        return command;
    }

    private static int List(bool json, TextWriter output)
    {
        foreach (Mutant mutant in MutantCatalog.All)
        {
            output.WriteLine(json
                ? JsonSerializer.Serialize(new { name = mutant.Name, description = mutant.Description, properties = mutant.Properties })
                : $"{mutant.Name,-28} {mutant.Description}");
        }

        return 0;
    }

    private static int Measure(MutantMeasurement measurement, IReadOnlyList<Mutant> mutants, bool json, TextWriter output)
    {
        if (!json)
        {
            output.WriteLine("| Mutant | The bug | Found by | Median seeds | Found |");
            output.WriteLine("|---|---|---|---|---|");
        }

        bool allFound = true;
        foreach (Mutant mutant in mutants)
        {
            MutantVerdict verdict = measurement.Measure(mutant);
            allFound &= verdict.Median is not null;
            output.WriteLine(json ? ToJson(mutant, verdict) : ToRow(mutant, verdict));
        }

        return allFound ? 0 : 1;
    }

    private static string ToJson(Mutant mutant, MutantVerdict verdict)
        => JsonSerializer.Serialize(new
        {
            name = mutant.Name,
            median = verdict.Median,
            found = verdict.Seeds.Count(seeds => seeds is not null),
            repeats = verdict.Seeds.Count,
            seeds = verdict.Seeds,
            properties = verdict.Properties,
        });

    private static string ToRow(Mutant mutant, MutantVerdict verdict)
        => $"| `{mutant.Name}` | {mutant.Description} | {string.Join(", ", verdict.Properties.Select(property => property.Split(' ')[0]))} "
            + $"| {verdict.Median?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "–"} "
            + $"| {verdict.Seeds.Count(seeds => seeds is not null)} of {verdict.Seeds.Count} |";
}
