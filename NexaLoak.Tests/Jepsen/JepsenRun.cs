using System.Text.Json;
using NexaLoak.Tests.Orchestrator;
using NUnit.Framework;
using Raft.Jepsen.Serving;

namespace NexaLoak.Tests.Jepsen;

/// <summary>A <c>raft-jepsen run</c> in a process of its own, in a folder of its own.</summary>
internal sealed class JepsenRun : IDisposable
{
    /// <summary>Only a hang reaches it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly string _parent = Directory.CreateTempSubdirectory("raft-jepsen-run-").FullName;
    private readonly ProgramRun _run;

    public JepsenRun(params string[] arguments)
    {
        Folder = Path.Combine(_parent, "run");
        _run = ProgramRun.StartFile("raft-jepsen.dll", ["run", "--json", "--out", Folder, .. arguments]);
    }

    /// <summary>What the run writes.</summary>
    public string Folder { get; }

    public ProgramRun Process => _run;

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code and the result.</returns>
    public async Task<(int Code, JsonElement Result)> EndAsync()
    {
        ProgramResult ended = await _run.WaitAsync(Limit);
        Assert.That(ended.Output, Has.Count.EqualTo(1), string.Join('\n', [.. ended.Output, .. ended.Errors]));
        return (ended.ExitCode, JsonDocument.Parse(ended.Output[0]).RootElement);
    }

    /// <summary>Waits until this many nodes run, and are bound to the harness.</summary>
    public Task NodesRunAsync(int count)
        => Eventually.Holds(() => Enumerable.Range(1, count).All(node => Log(node).Contains(ParentWatch.Announcement)), $"{count} nodes run", Limit);

    /// <summary>Waits until no process of a node runs any more.</summary>
    public Task NodesAreGoneAsync() => Eventually.Holds(() => NodePids().Count == 0, "all nodes are gone", Limit);

    /// <summary>The processes of nodes, by their command lines: all name the folder.</summary>
    public IReadOnlyList<int> NodePids()
        => [.. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out int pid) && pid != _run.Pid)
            .Where(process => CommandLine(process).Contains(Folder, StringComparison.Ordinal))
            .Select(process => int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The network namespaces in which nodes run.</summary>
    public string[] NodeNamespaces() => [.. NodePids().Select(pid => NamespaceOf($"/proc/{pid}")).OfType<string>().Distinct()];

    /// <summary>Waits until nobody on this machine is in one of these namespaces but, if that is one of them, the one of this process.</summary>
    public static Task NamespacesAreGoneAsync(string[] namespaces) => Eventually.Holds(
        () => !Directory.EnumerateDirectories("/proc").Where(process => char.IsDigit(Path.GetFileName(process)[0]))
            .SelectMany(ThreadsOf).Select(NamespaceOf).Distinct().Intersect(namespaces).Except([NamespaceOf("/proc/self")]).Any(),
        $"nobody is in {string.Join(", ", namespaces)}",
        Limit);

    public void Dispose()
    {
        _run.Dispose();
        Directory.Delete(_parent, recursive: true);
    }

    private string Log(int node)
    {
        string file = Path.Combine(Folder, $"node-{node}.log");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    private static string[] ThreadsOf(string process)
    {
        try
        {
            return Directory.GetDirectories(Path.Combine(process, "task"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return [];
        }
    }

    private static string? NamespaceOf(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "ns", "net")).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is somebody else's.
            return null;
        }
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return "";
        }
    }
}
