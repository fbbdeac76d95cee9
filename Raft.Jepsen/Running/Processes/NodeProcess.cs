using System.Diagnostics;
using Raft.Jepsen.Commands;
using Raft.Jepsen.Processes;
using Raft.Jepsen.Running.Disks;
using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Running.Processes;

/// <summary>
/// One node: a <c>raft-jepsen serve</c> process that can be killed, suspended and started again on its data. Safe to use from any
/// thread.
/// </summary>
/// <param name="launcher">Starts the process. Owned.</param>
/// <param name="options">What the node is told.</param>
/// <param name="log">File that gets what the process writes, one run behind the other.</param>
/// <param name="faults">Lets its disk and clocks go wrong; <c>null</c> when nothing is loaded into the process.</param>
/// <param name="disk">The disk that its data is on; <c>null</c> when it has none of its own. Owned.</param>
internal sealed class NodeProcess(ChildLauncher launcher, ServeOptions options, string log, FaultSettings? faults = null, NodeDisk? disk = null)
    : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _logGate = new();
    private readonly StreamWriter _log = new(log, append: true) { AutoFlush = true };
    private readonly Queue<string> _lastLines = new();
    private Process? _process;
    private volatile bool _isWatching;
    private volatile bool _mayEnd;
    private bool _suspended;
    private bool _expectEnd = true;

    /// <summary>What the node is told.</summary>
    public ServeOptions Options => options;

    /// <summary>The node.</summary>
    public ulong Id => options.Id.Value;

    /// <summary>Lets its disk and clocks go wrong; <c>null</c> when nothing is loaded into the process.</summary>
    public FaultSettings? Faults => faults;

    /// <summary>The disk that its data is on; <c>null</c> when it has none of its own.</summary>
    public NodeDisk? Disk => disk;

    /// <summary>Its data folder, as this process sees it.</summary>
    public string Data => disk?.DataFromOutside ?? options.Data;

    /// <summary>Somebody harms the node in a way that may end it, and will look after it.</summary>
    public bool MayEnd
    {
        get => _mayEnd;
        set => _mayEnd = value;
    }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Nobody has stopped it, and it does not run: it gave up by itself.</summary>
    public bool HasDied => !_expectEnd && !MayEnd && _process is { HasExited: true };

    /// <summary>The process runs, or is suspended.</summary>
    public bool IsAlive => _process is { HasExited: false };

    /// <summary>The process id of the last start; 0 before the first.</summary>
    public int Pid => _process?.Id ?? 0;

    /// <summary>The last lines that the process wrote since its start.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_logGate)
            {
                return [.. _lastLines];
            }
        }
    }

    /// <summary>Starts the node on whatever data it has; does nothing while it runs.</summary>
    /// <exception cref="HarnessException">It can't be started.</exception>
    public Task StartAsync() => ExclusivelyAsync(async () =>
    {
        if (IsAlive)
        {
            return;
        }

        Process? ended = _process;
        (_process, _isWatching) = (null, false);
        ended?.Dispose();
        ForgetLines();
        Process process = await launcher.StartAsync([.. OwnProgram.Command, .. ServeCommand.Arguments(options)], faults?.Environment).ConfigureAwait(false);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (_process, _suspended, _expectEnd) = (process, false, false);
        Starts++;
    });

    /// <summary>Ends the process at once, as a crash would (SIGKILL), also while it is suspended.</summary>
    public Task KillAsync() => ExclusivelyAsync(KillNowAsync);

    /// <summary>Removes its data, as when its disk is lost. It must not run.</summary>
    public void RemoveData()
    {
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    /// <summary>Asks the process to end (SIGTERM), and kills it when it takes too long.</summary>
    public Task StopAsync() => ExclusivelyAsync(async () =>
    {
        _expectEnd = true;
        if (_process is { HasExited: false } process && !_suspended)
        {
            Signals.RequestEnd(process.Id);
            using var limit = new CancellationTokenSource(EndLimit);
            try
            {
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Keep($"harness: the node did not stop within {EndLimit.TotalSeconds} s and is killed");
            }
        }

        await KillNowAsync().ConfigureAwait(false);
    });

    /// <summary>
    /// Suspends the process (SIGSTOP), and returns when it stands still. False when it does not run, or has not come so far yet that it would die with
    /// this one.
    /// </summary>
    public async Task<bool> SuspendAsync()
    {
        bool suspended = false;
        await ExclusivelyAsync(async () =>
        {
            if (_process is not { HasExited: false } process || !_isWatching)
            {
                return;
            }

            Signals.Suspend(process.Id);
            suspended = _suspended = true;
            while (!process.HasExited && !IsStopped(process.Id))
            {
                await Task.Delay(1).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        return suspended;
    }

    /// <summary>Lets the process go on (SIGCONT) if it is suspended.</summary>
    public Task ResumeAsync() => ExclusivelyAsync(() =>
    {
        if (_suspended && _process is { HasExited: false } process)
        {
            Signals.Resume(process.Id);
        }

        _suspended = false;
        return Task.CompletedTask;
    });

    /// <summary>Ends the process for good. Whoever suspends or resumes the node later finds that it does not run.</summary>
    public async ValueTask DisposeAsync()
    {
        await ExclusivelyAsync(async () =>
        {
            await KillNowAsync().ConfigureAwait(false);
            (Process? ended, _process) = (_process, null);
            ended?.Dispose();
        }).ConfigureAwait(false);
        launcher.Dispose();
        disk?.Dispose();
        lock (_logGate)
        {
            _log.Dispose();
        }
    }

    private async Task KillNowAsync()
    {
        _expectEnd = true;
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        _suspended = false;
    }

    private async Task ExclusivelyAsync(Func<Task> action)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether the kernel has stopped the process: the signal itself only asks for it.</summary>
    private static bool IsStopped(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { } text)
        {
            Keep(text);
        }
    }

    private void ForgetLines()
    {
        lock (_logGate)
        {
            _lastLines.Clear();
        }
    }

    private void Keep(string line)
    {
        _isWatching |= line == ParentWatch.Announcement;
        lock (_logGate)
        {
            if (_log.BaseStream is null)
            {
                return;
            }

            _log.WriteLine(line);
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
            {
                _lastLines.Dequeue();
            }
        }
    }
}
