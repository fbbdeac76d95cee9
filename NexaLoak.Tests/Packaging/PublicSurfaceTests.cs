using System.Reflection;
using NUnit.Framework;

namespace NexaLoak.Tests.Packaging;

/// <summary>
/// What users of the packages can name changes only on purpose: <c>RAFT_REWRITE_SURFACE=1</c> writes the files anew, and the difference is read like code.
/// </summary>
public sealed class PublicSurfaceTests
{
    private static readonly bool Rewrite = Environment.GetEnvironmentVariable("RAFT_REWRITE_SURFACE") == "1";

    [TestCase("Raft.Core")]
    [TestCase("Raft.Storage.Faster")]
    [TestCase("Raft.Transport.Grpc")]
    public void The_public_surface_is_the_one_on_file(string assembly)
    {
        string file = Path.Combine(Repository.Root, "NexaLoak.Tests", "Packaging", "Surface", $"{assembly}.txt");
        string surface = PublicSurface.Of(Assembly.Load(assembly));
        if (Rewrite)
        {
            File.WriteAllText(file, surface);
        }

        Assert.That(
            surface, Is.EqualTo(File.ReadAllText(file)), "If the change is meant, run the test with RAFT_REWRITE_SURFACE=1, and say so in CHANGELOG.md.");
    }
}
