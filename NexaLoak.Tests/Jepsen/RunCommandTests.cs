using System.CommandLine;
using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Jepsen.Commands;

namespace NexaLoak.Tests.Jepsen;

[Parallelizable(ParallelScope.All)]
internal sealed class RunCommandTests
{
    [TestCase("--nodes 0", "'0' for --nodes is not a whole number from 1 to 9")]
    [TestCase("--nodes x", "'x' for --nodes")]
    [TestCase("--rate 0", "'0' for --rate")]
    [TestCase("--concurrency 1000", "'1000' for --concurrency")]
    [TestCase("--time soon", "not a duration")]
    [TestCase("--nemesis kill,earthquake", "no nemesis 'earthquake'")]
    [TestCase("--workload poetry", "poetry")]
    [TestCase("--network pigeons", "pigeons")]
    [TestCase("--rounds 0", "'0' for --rounds")]
    [TestCase("--time 5s --target all", "--target and --cut-power say what --rounds does")]
    [TestCase("--time 5s --cut-power", "--target and --cut-power say what --rounds does")]
    [TestCase("--rounds 3 --target some", "some")]
    [TestCase("--rounds 3 --nemesis kill", "--rounds takes the place of --time and --nemesis")]
    [TestCase("--rounds 3 --time 5s", "--rounds takes the place of --time and --nemesis")]
    [TestCase("--leader-within soon", "not a duration")]
    [TestCase("--plant roses", "no bug 'roses'")]
    [TestCase("--seed minus", "minus")]
    public void Bad_options_are_explained(string options, string explanation)
    {
        ParseResult parsed = Root().Parse(["run", .. options.Split(' ')]);
        Assert.That(parsed.Errors.Select(error => error.Message), Has.Some.Contain(explanation));
    }

    [Test]
    public async Task Nothing_is_overwritten()
    {
        using var folder = new TempDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "mine"), "");
        using var output = new StringWriter();
        int code = await Root().Parse(["run", "--out", folder.Path]).InvokeAsync(new InvocationConfiguration { Output = output, Error = output });
        Assert.That(code, Is.EqualTo(2));
        Assert.That(
            output.ToString(),
            Is.EqualTo($"raft-jepsen: {folder.Path} is there already, and nothing in it is overwritten. Name a new folder with --out.\n"));
    }

    private static RootCommand Root() => new() { RunCommand.Create() };
}
