using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using NUnit.Framework;

namespace NexaLoak.Tests.Samples;

/// <summary>One process of the key-value sample on loopback.</summary>
internal sealed class KeyValueProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];

    /// <summary>Starts it.</summary>
    /// <param name="program">Path of the sample.</param>
    /// <param name="node">Id of its node.</param>
    /// <param name="raft">Where all the nodes of the cluster listen, in the order of their ids.</param>
    /// <param name="api">Where it takes requests.</param>
    /// <param name="data">Its data folder.</param>
    /// <param name="wrapper">A command line that runs it, if it is not to be run directly.</param>
    public KeyValueProcess(
        string program, int node, IReadOnlyList<IPEndPoint> raft, IPEndPoint api, string data, params IReadOnlyList<string> wrapper)
    {
        ApiAddress = new Uri($"http://{api}");
        string[] words = [.. wrapper, "dotnet", program];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = data,
        };
        start.ArgumentList.Add($"--urls={ApiAddress}");
        start.ArgumentList.Add($"--Data={data}");
        // Requests would fill the log, and an ending process does not wait long for it.
        start.ArgumentList.Add("--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        start.ArgumentList.Add("--Raft:ClusterId=sample");
        start.ArgumentList.Add($"--Raft:NodeId={node}");
        start.ArgumentList.Add("--Raft:Snapshots:Entries=1");
        start.ArgumentList.Add("--Raft:Transport:AllowPlaintextOnLoopback=true");
        for (int i = 0; i < raft.Count; i++)
        {
            start.ArgumentList.Add($"--Raft:Peers:{i + 1}=http://{raft[i]}");
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(node, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(node, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri ApiAddress { get; }

    public int Id => _process.Id;

    /// <summary>What it printed so far; all of it after <see cref="WaitForFailure"/>.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Waits until it gives up by itself, with a code that tells a supervisor so.</summary>
    public void WaitForFailure()
    {
        Assert.That(_process.WaitForExit(Eventually.Limit), Is.True, "waited in vain for the process to end");
        _process.WaitForExit();
        Assert.That(_process.ExitCode, Is.Not.Zero);
    }

    /// <summary>Kills it, and the sample with what runs it.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Note(int node, string? line)
    {
        TestContext.Progress.WriteLine($"{node}: {line}");
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
