using System.IO.Compression;
using System.Xml.Linq;
using NexaLoak.Tests.Samples;
using NUnit.Framework;

namespace NexaLoak.Tests.Packaging;

/// <summary>The packages as their users get them.</summary>
public sealed class PackageTests
{
    private static readonly string[] Assemblies = ["Raft.Core", "Raft.Storage.Faster", "Raft.Transport.Grpc"];

    private DirectoryInfo _folder = null!;
    private string _feed = null!;

    [OneTimeSetUp]
    public async Task Pack()
    {
        _folder = Directory.CreateTempSubdirectory("packages-");
        _feed = Path.Combine(_folder.FullName, "feed");
        foreach (string assembly in Assemblies)
        {
            string project = Path.Combine(Repository.Root, assembly);
            await DotnetCommand.RunAsync(project, "pack", "--no-build", "-c", Repository.Configuration, "-o", _feed);
        }
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [TestCaseSource(nameof(Assemblies))]
    public void A_package_has_all_that_its_users_look_for(string assembly)
    {
        using ZipArchive package = Open(assembly, "nupkg");
        using ZipArchive symbols = Open(assembly, "snupkg");
        XElement nuspec = NuspecOf(package);
        Assert.Multiple(() =>
        {
            Assert.That(
                package.Entries.Select(entry => entry.FullName),
                Is.SupersetOf(new[] { "README.md", $"lib/net10.0/{assembly}.dll", $"lib/net10.0/{assembly}.xml" }));
            Assert.That(symbols.GetEntry($"lib/net10.0/{assembly}.pdb"), Is.Not.Null);
            Assert.That(TextOf(nuspec, "id"), Is.EqualTo($"NexaLoak.{assembly}"));
            Assert.That(TextOf(nuspec, "license"), Is.EqualTo("MIT"));
            Assert.That(TextOf(nuspec, "readme"), Is.EqualTo("README.md"));
            Assert.That(TextOf(nuspec, "description"), Is.Not.Empty);
            Assert.That(TextOf(nuspec, "tags"), Does.Contain("raft"));
        });
    }

    /// <summary>What tests and builds need stays at home, and so does what only comes with another package.</summary>
    [TestCase("Raft.Core", "Microsoft.Extensions.Logging.Abstractions")]
    [TestCase("Raft.Storage.Faster", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.FASTER.Core", "NexaLoak.Raft.Core")]
    [TestCase("Raft.Transport.Grpc", "Google.Protobuf", "NexaLoak.Raft.Core")]
    public void A_package_depends_on_what_it_uses_and_nothing_else(string assembly, params string[] dependencies)
    {
        using ZipArchive package = Open(assembly, "nupkg");
        IEnumerable<XElement> named = NuspecOf(package).Descendants().Where(each => each.Name.LocalName == "dependency");
        Assert.That(named.Select(each => each.Attribute("id")!.Value), Is.EquivalentTo(dependencies));
    }

    [Test]
    public void The_transport_brings_the_protocol_for_other_languages()
    {
        using ZipArchive package = Open("Raft.Transport.Grpc", "nupkg");
        Assert.That(package.GetEntry("protos/raft.proto"), Is.Not.Null);
    }

    /// <summary>The sample needs no source of ours: the packages from a folder are enough.</summary>
    [Test]
    public async Task An_empty_project_with_the_packages_runs_the_sample_as_three_processes()
    {
        string shop = _folder.CreateSubdirectory("shop").FullName;
        foreach (string source in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "samples", "KeyValue"), "*.cs"))
        {
            File.Copy(source, Path.Combine(shop, Path.GetFileName(source)));
        }

        File.WriteAllText(Path.Combine(shop, "Shop.csproj"), Project());
        File.WriteAllText(Path.Combine(shop, "nuget.config"), Feeds());
        await DotnetCommand.RunAsync(shop, "build", "-c", "Release", "-o", "out");
        await KeyValueScenario.RunAsync(Path.Combine(shop, "out", "Shop.dll"));
    }

    private static string Project()
    {
        string references = string.Concat(Assemblies.Select(assembly => $"""<PackageReference Include="NexaLoak.{assembly}" Version="[{Version}]" />"""));
        return $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup>
                {references}
                <!-- A dependency that Microsoft.FASTER.Core names and never uses; not every feed has it. -->
                <PrunePackageReference Include="System.Interactive.Async" Version="999.0.0" />
              </ItemGroup>
            </Project>
            """;
    }

    /// <summary>Our packages come from the folder, those of others from what this machine has got already.</summary>
    private string Feeds()
    {
        string others = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder.FullName, "installed")}" /></config>
              <packageSources><clear /><add key="folder" value="{_feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{others}" /></fallbackPackageFolders>
            </configuration>
            """;
    }

    private static string Version => typeof(Raft.Core.Consensus.RaftCore).Assembly.GetName().Version!.ToString(fieldCount: 3);

    private ZipArchive Open(string assembly, string kind) => ZipFile.OpenRead(Path.Combine(_feed, $"NexaLoak.{assembly}.{Version}.{kind}"));

    private static XElement NuspecOf(ZipArchive package)
    {
        using Stream nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XElement.Load(nuspec);
    }

    private static string? TextOf(XElement nuspec, string name) => nuspec.Descendants().FirstOrDefault(each => each.Name.LocalName == name)?.Value;
}
