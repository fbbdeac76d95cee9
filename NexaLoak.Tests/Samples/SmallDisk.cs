using System.ComponentModel;
using System.Diagnostics;
using NUnit.Framework;

namespace NexaLoak.Tests.Samples;

/// <summary>A small file system of memory, mounted in a namespace of its own, which ends with the process that holds it, at the latest with this one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly Process _holder;
    private readonly string _folder;

    private SmallDisk(Process holder, string folder)
    {
        _holder = holder;
        _folder = folder;
    }

    /// <summary>The command line that runs a program where the disk is mounted.</summary>
    public IReadOnlyList<string> Wrapper => ["nsenter", $"--target={_holder.Id}", "--mount", $"--wd={Path.GetDirectoryName(_folder)}"];

    /// <summary>Mounts it on a folder. Ignores the test where that can't be done.</summary>
    public static SmallDisk Mount(string folder, int megabytes)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("mounting a small disk needs root");
        }

        try
        {
            string script = $"mount -t tmpfs -o size={megabytes}m raft-test '{folder}' && echo mounted && exec cat";
            var start = new ProcessStartInfo("unshare", ["--mount", "--", "sh", "-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            var disk = new SmallDisk(Process.Start(start)!, folder);
            if (disk._holder.StandardOutput.ReadLine() != "mounted")
            {
                disk.Dispose();
                Assert.Ignore("a small disk can't be mounted here");
            }

            return disk;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("unshare is not installed");
            throw;
        }
    }

    /// <summary>Makes it larger.</summary>
    public void Grow(int megabytes)
    {
        string[] words = [.. Wrapper, "mount", "-o", $"remount,size={megabytes}m", _folder];
        using var grow = Process.Start(words[0], words[1..]);
        grow.WaitForExit();
        Assert.That(grow.ExitCode, Is.Zero);
    }

    public void Dispose()
    {
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
    }
}
