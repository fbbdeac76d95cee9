using System.CommandLine;
using NexaLoak.Tests.Storage;
using NUnit.Framework;
using Raft.Core.Membership;
using Raft.Jepsen.Commands;
using Raft.Jepsen.Serving;

namespace NexaLoak.Tests.Jepsen;

internal sealed class ServeCommandTests
{
    private const string Good = "--id 1 --members 1 --peers http://127.1.1.{to}:7000 --api 127.1.1.1:8000 --data d";

    [TestCase(Good, "--id 1", "--id 0", "'0' is no id of a node")]
    [TestCase(Good, "--members 1", "--members 1,x", "'x' is no id of a node")]
    [TestCase(Good, "--members 1", "", "Give either --members or --join")]
    [TestCase(Good, "--members 1", "--members 1 --join", "Give either --members or --join")]
    [TestCase(Good, "{to}", "7", "no pattern of addresses")]
    [TestCase(Good, "http://", "ftp://", "no pattern of addresses")]
    [TestCase(Good, "127.1.1.1:8000", "127.1.1.1", "not of the form IP:PORT")]
    [TestCase(Good, "--data d", "", "--data")]
    [TestCase(Good, "--data d", "--data d --plant roses", "no bug 'roses'")]
    public void Bad_options_are_explained(string options, string right, string wrong, string explanation)
    {
        string[] words = options.Replace(right, wrong, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ParseResult parsed = Root().Parse(["serve", .. words]);
        Assert.That(parsed.Errors.Select(error => error.Message), Has.Some.Contain(explanation));
    }

    [TestCase("--members 1", "--members 2,3", "Node 1 is not among --members.")]
    [TestCase("http://", "https://", "https:// needs --tls.")]
    [TestCase("--data d", "--data d --tls t", "--tls is for https://.")]
    public async Task Options_that_do_not_fit_together_are_explained(string right, string wrong, string explanation)
    {
        using var output = new StringWriter();
        string[] words = Good.Replace(right, wrong, StringComparison.Ordinal).Split(' ');
        int code = await Root().Parse(["serve", .. words]).InvokeAsync(new InvocationConfiguration { Output = output, Error = output });
        Assert.That((code, output.ToString()), Is.EqualTo((2, $"raft-jepsen: {explanation}\n")));
    }

    [Test]
    public void What_the_harness_passes_to_a_node_is_understood()
    {
        var options = new ServeOptions
        {
            Id = new NodeId(2),
            Members = [],
            Peers = new AddressPattern("https://127.1.{from}.{to}:7000"),
            Api = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 8000),
            Data = "data",
            Tls = "tls",
            Leases = true,
            Plant = Plant.LocalReads,
            IsChild = true,
        };
        Assert.That(Root().Parse([.. ServeCommand.Arguments(options)]).Errors, Is.Empty);
        Assert.That(options.Peers.Way(new NodeId(3), new NodeId(2)), Is.EqualTo("https://127.1.3.2:7000"));
        Assert.That(options.Peers.OwnEndPoint(new NodeId(2)).ToString(), Is.EqualTo("127.1.2.2:7000"));
    }

    [Test]
    public async Task Missing_credentials_are_one_line()
    {
        using var folder = new TempDirectory();
        using var output = new StringWriter();
        string options = Good.Replace("http", "https", StringComparison.Ordinal);
        string[] words = options.Replace("--data d", $"--data {folder.Path}/data", StringComparison.Ordinal).Split(' ');
        int code = await Root().Parse(["serve", .. words, "--tls", folder.Path])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = output });
        Assert.That(code, Is.EqualTo(2));
        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
        Assert.That(output.ToString(), Does.StartWith("raft-jepsen: ").And.Contain("node.crt").And.Contain("--tls"));
    }

    private static RootCommand Root() => new() { ServeCommand.Create() };
}
