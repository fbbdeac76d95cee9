using NUnit.Framework;
using Raft.Jepsen.Running.Faults;

namespace NexaLoak.Tests.Jepsen;

/// <summary>The library of faults, where there is a compiler.</summary>
internal static class Shims
{
    /// <summary>Compiles it. Ignores the test where no C compiler is installed.</summary>
    public static FaultShim Compile(string folder)
    {
        Require();
        return FaultShim.Compile(Path.Combine(folder, "shim"));
    }

    /// <summary>Ignores the test where no C compiler is installed.</summary>
    public static void Require()
    {
        string[] folders = Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? [];
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "cc"))))
        {
            Assert.Ignore("cc is not installed");
        }
    }
}
