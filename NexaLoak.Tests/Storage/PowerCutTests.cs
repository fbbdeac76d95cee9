using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;
using Raft.Jepsen.Commands;

namespace NexaLoak.Tests.Storage;

/// <summary><c>raft-jepsen power-cuts</c>: nothing durable is lost on a real file system, and a storage that lies about its syncs is found.</summary>
[TestFixture]
[Platform("Linux")]
public sealed class PowerCutTests
{
    private TempDirectory _directory = null!;

    /// <summary>The program where it was built: what is beside the tests lacks what they have from elsewhere.</summary>
    private static string Program
        => Path.Combine(Repository.Root, "Raft.Jepsen", "bin", Repository.Configuration, "net10.0", "raft-jepsen.dll");

    [SetUp]
    public void CreateDirectory() => _directory = new TempDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [TestCase("ext4")]
    [TestCase("xfs")]
    public void Power_cuts_lose_nothing_durable_and_leave_nothing_behind(string fileSystem)
    {
        (int code, string[] lines) = Run("--cuts", "6", "--file-system", fileSystem, "--json");
        Assert.That(code, Is.Zero, string.Join('\n', lines));
        JsonElement sum = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.That((sum.GetProperty("cuts").GetInt32(), sum.GetProperty("while_running").GetInt32()), Is.EqualTo((6, 3)));
        Assert.That(sum.GetProperty("failures_told").GetInt32(), Is.EqualTo(3), "each time the process said which file failed");
        Assert.That(sum.GetProperty("durable").GetInt32(), Is.GreaterThan(0));
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Path), Is.Empty);
    }

    [TestCase("files")]
    [TestCase("names")]
    public void A_storage_that_lies_about_its_syncs_is_found(string lie)
    {
        (int code, string[] lines) = Run("--cuts", "100", "--lie", lie);
        Assert.That(code, Is.EqualTo(1), string.Join('\n', lines));
        Assert.That(lines[0], Does.Match("^cut [0-9]+: (lost|damaged|refused|not what was written): "));
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Path), Is.Empty);
    }

    [Test]
    public async Task Nothing_is_left_behind_when_the_command_is_killed()
    {
        using Process command = Start("--cuts", "1000000");
        await Eventually.Holds(() => command.HasExited || IsNamed("storage-writer"), "the writer runs");
        if (command.HasExited)
        {
            SkipIfUnavailable(command.ExitCode, await command.StandardError.ReadToEndAsync());
        }

        command.Kill();
        await Eventually.Holds(() => !IsNamed(_directory.Path), "all its processes have ended");
    }

    [TestCase("--cuts", "0")]
    [TestCase("--file-system", "fat")]
    [TestCase("--lie", "always")]
    public void Bad_input_is_refused(string option, string value)
    {
        (int code, string[] lines) = Run(option, value);
        Assert.That(code, Is.EqualTo(2));
        Assert.That(lines[0], Does.StartWith("raft-jepsen: ").And.Contain(option));
    }

    /// <summary>Whether a process, whose files are all in this test's own folder, has some word in its command line.</summary>
    private bool IsNamed(string word) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            string line = File.ReadAllText(Path.Combine(process, "cmdline"));
            return line.Contains(word, StringComparison.Ordinal) && line.Contains(_directory.Path, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No process, or gone meanwhile.
            return false;
        }
    });

    private Process Start(params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, "power-cuts", .. options])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = _directory.Path;
        return Process.Start(start)!;
    }

    /// <summary>Runs the command; ignores the test where power can't be cut.</summary>
    private (int Code, string[] Lines) Run(params string[] options)
    {
        using Process command = Start(options);
        Task<string> errors = command.StandardError.ReadToEndAsync();
        string output = command.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        command.WaitForExit();
        SkipIfUnavailable(command.ExitCode, output);
        return (command.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void SkipIfUnavailable(int code, string why)
    {
        if (code == PowerCutsCommand.Unavailable)
        {
            Assert.Ignore(why.Trim());
        }
    }
}
