using NUnit.Framework;
using Raft.Jepsen;
using Raft.Jepsen.Running.Disks;

namespace NexaLoak.Tests.Jepsen;

/// <summary>The disks of nodes whose power can be cut, where that is possible.</summary>
internal static class PowerCuttableDisks
{
    /// <summary>Ignores the test where there can be no such disks.</summary>
    public static void Require()
    {
        using var folder = new Storage.TempDirectory();
        try
        {
            NodeDisk.Require(Path.Combine(folder.Path, "disk"));
        }
        catch (HarnessException error)
        {
            Assert.Ignore(error.Message);
        }
    }

    /// <summary>The files that loop devices of this machine carry in a folder.</summary>
    public static IReadOnlyList<string> In(string folder)
        =>
        [
            .. Directory.EnumerateDirectories("/sys/block", "loop*")
                .Select(FileOf).OfType<string>().Where(file => file.StartsWith(folder, StringComparison.Ordinal)),
        ];

    private static string? FileOf(string device)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop", "backing_file")).Trim();
        }
        catch (IOException)
        {
            // It carries none.
            return null;
        }
    }
}
