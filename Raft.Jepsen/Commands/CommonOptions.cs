using System.CommandLine;

namespace Raft.Jepsen.Commands;

/// <summary>Options that more than one command has.</summary>
internal static class CommonOptions
{
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
}
