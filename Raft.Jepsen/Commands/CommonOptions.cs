using System.CommandLine;
using System.Text.Json;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Commands;

/// <summary>Options that more than one command has.</summary>
internal static class CommonOptions
{
    /// <summary>How workloads are called on the command line.</summary>
    public static readonly string[] Workloads = [.. Enum.GetNames<Workload>().Select(name => name.ToLowerInvariant())];

    public static Option<TimeSpan> Virtual() => new("--virtual")
    {
        Description = "Virtual time with faults, such as 60s; healing comes on top.",
        CustomParser = DurationParser.Parse,
        DefaultValueFactory = _ => TimeSpan.FromSeconds(60),
    };

    public static Option<long> Threads()
        => AtLeastOne("--threads", "How many threads share the seeds; the results do not depend on it.", Environment.ProcessorCount);

    public static Option<long> AtLeastOne(string name, string description, long otherwise)
    {
        var option = new Option<long>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && long.TryParse(result.Tokens[0].Value, out long count) && count is < 1 or > int.MaxValue)
            {
                result.AddError($"{name} must be at least 1 and at most {int.MaxValue}.");
            }
        });
        return option;
    }

    public static Option<TimeSpan> Tick() => Duration("--tick", "Length of a tick; an election timeout has 10 to 20.", TimeSpan.FromMilliseconds(100));

    public static Option<TimeSpan> MaxStaleness()
        => Duration("--max-staleness", "Greatest age of what a bounded read sees.", TimeSpan.FromSeconds(1));

    public static Option<TimeSpan?> LeaderWithin() => new("--leader-within")
    {
        Description = "Take a run for wrong in which no node leads within this time of the end of the faults; told and not judged if not given.",
        HelpName = "TIME",
        CustomParser = result => DurationParser.Parse(result),
    };

    public static Option<long> SnapshotEntries() => AtLeastOne("--snapshot-entries", "Commands after which a node takes a snapshot.", 200);

    public static Option<bool> Leases() => new("--leases") { Description = "Let leaders serve reads by lease." };

    public static Option<Plant> Plant()
    {
        var option = new Option<Plant>("--plant")
        {
            Description = $"Plant a bug, to see that it is found: {string.Join(", ", Enum.GetValues<Plant>().Select(NameOf))}.",
            HelpName = "BUG",
            CustomParser = result =>
            {
                string name = result.Tokens[0].Value;
                if (Enum.GetValues<Plant>().Where(plant => NameOf(plant) == name).ToArray() is [var found])
                {
                    return found;
                }

                result.AddError($"There is no bug '{name}' to plant; there are {string.Join(", ", Enum.GetValues<Plant>().Select(NameOf))}.");
                return default;
            },
        };
        return option;
    }

    /// <summary>How a planted bug is called on the command line.</summary>
    public static string NameOf(Plant plant) => JsonNamingPolicy.KebabCaseLower.ConvertName(plant.ToString());

    public static Option<TimeSpan> Duration(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = DurationParser.Parse,
        DefaultValueFactory = _ => otherwise,
    };
}
