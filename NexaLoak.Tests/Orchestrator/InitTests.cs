using System.Runtime.Versioning;
using NUnit.Framework;
using Raft.Transport.Grpc.Security;

namespace NexaLoak.Tests.Orchestrator;

[UnsupportedOSPlatform("windows")]
public sealed class InitTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string _root = "";

    private string Out => Path.Combine(_root, "fleet");

    [SetUp]
    public void SetUp() => _root = Directory.CreateTempSubdirectory("nexaloak-init-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Init_writes_each_node_what_it_needs_and_says_what_is_next()
    {
        ProgramResult result = await InitAsync();

        Assert.That(result.ExitCode, Is.Zero, string.Join('\n', result.Errors));
        Assert.That(result.Output, Has.Some.Contains("nexaloak serve --config nexaloak.json"));
        Assert.That(Files(), Is.EquivalentTo(new[]
        {
            "ca.crt", "ca.key",
            "n1/ca.crt", "n1/cloudflare.token", "n1/nexaloak.json", "n1/node.crt", "n1/node.key",
            "n2/ca.crt", "n2/cloudflare.token", "n2/nexaloak.json", "n2/node.crt", "n2/node.key",
        }));
        using NodeCertificate certificate = NodeCertificate.Load(Path.Combine(Out, "n2/node.crt"), Path.Combine(Out, "n2/node.key"));
        Assert.That(certificate.Identity.NodeId.Value, Is.EqualTo(2));
    }

    [Test]
    public async Task Secrets_are_readable_by_their_owner_alone_and_never_in_the_configuration()
    {
        string token = new('s', 40);
        string tokenFile = Path.Combine(_root, "token");
        await File.WriteAllTextAsync(tokenFile, token);

        ProgramResult result = await InitAsync("--token-file", tokenFile);

        Assert.That(result.ExitCode, Is.Zero, string.Join('\n', result.Errors));
        foreach (string secret in (string[])["ca.key", "n1/node.key", "n1/cloudflare.token", "n2/node.key", "n2/cloudflare.token"])
        {
            Assert.That(File.GetUnixFileMode(Path.Combine(Out, secret)), Is.EqualTo(OwnerOnly), secret);
        }

        Assert.That((await File.ReadAllTextAsync(Path.Combine(Out, "n1/cloudflare.token"))).Trim(), Is.EqualTo(token));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Out, "n1/nexaloak.json")), Does.Not.Contain(token));
        Assert.That(string.Join('\n', result.Output), Does.Not.Contain(token));
    }

    [Test]
    public async Task Nothing_is_overwritten()
    {
        Directory.CreateDirectory(Out);
        string precious = Path.Combine(Out, "precious");
        await File.WriteAllTextAsync(precious, "keep me");

        ProgramResult result = await InitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Errors, Has.Count.EqualTo(1));
        Assert.That(result.Errors[0], Does.StartWith($"nexaloak: {Out} is there already").And.EndWith("Name a new folder with --out."));
        Assert.That(Files(), Is.EqualTo(new[] { "precious" }));
    }

    [TestCase("--nodes", "n1=10.0.0.1,n1=10.0.0.2", "repeats a name or an address")]
    [TestCase("--nodes", "n1=10.0.0.1,n2=10.0.0.1", "repeats a name or an address")]
    [TestCase("--nodes", "n1=10.0.0", "is not NAME=IPV4")]
    [TestCase("--domain", "vpn.example.org", "does not lie in the zone")]
    [TestCase("--cluster", "My Cluster", "is not a cluster id")]
    [TestCase("--raft-port", "0", "is not a port")]
    [TestCase("--bogus", "1", "'--bogus'")]
    public async Task A_wrong_argument_is_one_line(string option, string value, string cause)
    {
        ProgramResult result = await InitAsync(option, value);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Errors, Has.Count.EqualTo(1));
        Assert.That(result.Errors[0], Does.StartWith("nexaloak: ").And.Contain(cause).And.EndWith("See 'nexaloak init --help'."));
        Assert.That(Directory.Exists(Out), Is.False);
    }

    private Task<ProgramResult> InitAsync(params string[] more)
    {
        var arguments = new Dictionary<string, string>
        {
            ["--out"] = Out,
            ["--nodes"] = "n1=10.0.0.1,n2=10.0.0.2",
            ["--zone"] = "example.com",
            ["--domain"] = "vpn.example.com",
        };
        for (int i = 0; i < more.Length; i += 2)
        {
            arguments[more[i]] = more[i + 1];
        }

        return ProgramRun.RunAsync(["init", .. arguments.SelectMany(argument => (string[])[argument.Key, argument.Value])]);
    }

    private string[] Files()
        => [.. Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Out, file)).Order()];
}
