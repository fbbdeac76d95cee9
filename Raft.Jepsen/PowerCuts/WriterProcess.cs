using System.Diagnostics;
using System.Globalization;
using Raft.Jepsen.Processes;

namespace Raft.Jepsen.PowerCuts;

/// <summary>A process that writes to a storage, and what it has said so far.</summary>
internal sealed class WriterProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly object _gate = new();
    private readonly Process _process;
    private readonly Thread _reader;
    private bool _ended;

    public WriterProcess(string directory, ulong opening, SyncLie lie)
    {
        string number = opening.ToString(CultureInfo.InvariantCulture);
        string[] words = [.. OwnProgram.Command, "storage-writer", directory, "--opening", number, "--lie", lie.ToString()];
        _process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true })!;
        _reader = new Thread(ReadAll) { IsBackground = true, Name = "reads the writer" };
        _reader.Start();
    }

    /// <summary>Whether it has begun to open the storage.</summary>
    public bool IsOpening { get; private set; }

    /// <summary>Number of the last write that it found; <c>null</c> until then.</summary>
    public ulong? Found { get; private set; }

    /// <summary>Number of the last write that it called durable; 0 before the first.</summary>
    public ulong Durable { get; private set; }

    /// <summary>How many reports of durable writes it made.</summary>
    public int Reports { get; private set; }

    /// <summary>Why it could not go on; <c>null</c> when it did not say so.</summary>
    public string? Failure { get; private set; }

    /// <summary>Waits until something was said.</summary>
    /// <exception cref="PowerCutException">It ended, or was silent for too long.</exception>
    public void WaitFor(Func<bool> said)
    {
        lock (_gate)
        {
            while (!said() && !_ended)
            {
                if (!Monitor.Wait(_gate, Limit))
                {
                    throw new PowerCutException($"the writer said nothing for {Limit.TotalSeconds} s");
                }
            }

            if (_ended)
            {
                throw new PowerCutException($"the writer ended without a cut: {Failure}");
            }
        }
    }

    /// <summary>Stops it where it is. What it had said until then can still be heard.</summary>
    public void Stop()
    {
        Signals.Suspend(_process.Id);
        while (!IsStopped())
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>Ends it, and hears what it had said.</summary>
    public void Kill()
    {
        _process.Kill();
        WaitForEnd();
    }

    /// <summary>Waits until it ends by itself; false when it does not.</summary>
    public bool WaitForEnd() => _process.WaitForExit(Limit) && _reader.Join(Limit);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private bool IsStopped()
    {
        string status = FormattableString.Invariant($"/proc/{_process.Id}/status");
        return File.ReadLines(status).Any(line => line.StartsWith("State:\tT", StringComparison.Ordinal));
    }

    private void ReadAll()
    {
        // The last line may have been cut by a kill.
        var text = new System.Text.StringBuilder();
        char[] buffer = new char[4096];
        for (int read; (read = _process.StandardOutput.Read(buffer)) > 0;)
        {
            foreach (char c in buffer.AsSpan(0, read))
            {
                if (c == '\n')
                {
                    Take(text.ToString());
                    text.Clear();
                }
                else
                {
                    text.Append(c);
                }
            }
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Take(string line)
    {
        lock (_gate)
        {
            if (line.StartsWith(StorageWriter.Durable, StringComparison.Ordinal))
            {
                (Durable, Reports) = (NumberIn(line, StorageWriter.Durable), Reports + 1);
            }
            else if (line.StartsWith(StorageWriter.Opened, StringComparison.Ordinal))
            {
                Found = NumberIn(line, StorageWriter.Opened);
            }
            else if (line.StartsWith(StorageWriter.Failed, StringComparison.Ordinal))
            {
                Failure = line[StorageWriter.Failed.Length..];
            }

            IsOpening |= line == StorageWriter.Opening;
            Monitor.PulseAll(_gate);
        }
    }

    private static ulong NumberIn(string line, string word) => ulong.Parse(line.AsSpan(word.Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
