using System.Diagnostics;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>A running child: its pid, its last words, and its end.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    public ChildProcess(string name, Process process)
    {
        Name = name;
        Pid = process.Id;
        _process = process;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
        Exited = WaitAsync();
    }

    /// <summary>What the child is called in messages.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Pid { get; }

    /// <summary>Completes with the exit code when the child has ended and all it wrote was read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines that the child wrote.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Ends the child at once, as a crash would (SIGKILL), and waits for its end.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == KeptLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line.Data);
        }
    }
}
