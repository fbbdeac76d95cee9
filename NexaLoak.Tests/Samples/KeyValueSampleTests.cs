using NUnit.Framework;

namespace NexaLoak.Tests.Samples;

public sealed class KeyValueSampleTests
{
    public static string Program
        => Path.Combine(Repository.Root, "docs", "samples", "KeyValue", "bin", Repository.Configuration, "net10.0", "KeyValue.dll");

    [Test]
    public void The_readme_shows_the_sample_that_is_compiled()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "docs", "samples", "KeyValue", "Program.cs"));
        Assert.That(readme, Does.Contain(sample.Trim()));
    }

    [Test]
    public Task Three_processes_keep_what_was_written_when_one_of_them_is_killed_and_then_all() => KeyValueScenario.RunAsync(Program);
}
