using System.Diagnostics;
using System.Net;
using NUnit.Framework;

namespace NexaLoak.Tests.Samples;

/// <summary>One process of the key-value sample on loopback.</summary>
internal sealed class KeyValueProcess : IDisposable
{
    private readonly Process _process;

    public KeyValueProcess(string program, int node, IReadOnlyList<IPEndPoint> raft, IPEndPoint api, string data)
    {
        ApiAddress = new Uri($"http://{api}");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = data };
        start.ArgumentList.Add(program);
        start.ArgumentList.Add($"--urls={ApiAddress}");
        start.ArgumentList.Add($"--Data={data}");
        start.ArgumentList.Add("--Raft:ClusterId=sample");
        start.ArgumentList.Add($"--Raft:NodeId={node}");
        start.ArgumentList.Add("--Raft:Snapshots:Entries=1");
        start.ArgumentList.Add("--Raft:Transport:AllowPlaintextOnLoopback=true");
        for (int i = 0; i < raft.Count; i++)
        {
            start.ArgumentList.Add($"--Raft:Peers:{i + 1}=http://{raft[i]}");
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => TestContext.Progress.WriteLine($"{node}: {line.Data}");
        _process.ErrorDataReceived += (_, line) => TestContext.Progress.WriteLine($"{node}: {line.Data}");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri ApiAddress { get; }

    public void Kill()
    {
        _process.Kill();
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
}
