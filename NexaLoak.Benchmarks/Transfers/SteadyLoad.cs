using System.Diagnostics;
using Raft.Core.Node;

namespace NexaLoak.Benchmarks.Transfers;

/// <summary>Writes at a steady rate, whatever the time that a write takes, and notes that time.</summary>
internal sealed class SteadyLoad(IRaft raft)
{
    private const int CommandBytes = 256;

    private readonly object _gate = new();
    private readonly byte[] _command = new byte[CommandBytes];
    private List<double> _milliseconds = [];
    private int _failed;
    private volatile int _rate;

    /// <summary>Writes a second; 0 stops.</summary>
    public void SetRate(int rate)
    {
        bool runs = _rate > 0;
        _rate = rate;
        if (!runs && rate > 0)
        {
            _ = Task.Run(RunAsync);
        }
    }

    /// <summary>Writes a number of commands, some at a time, as fast as it goes.</summary>
    public async Task BurstAsync(int commands, int concurrency)
    {
        int left = commands;
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await raft.ProposeAsync(_command);
            }
        }));
    }

    /// <summary>What was noted since it was taken last.</summary>
    public (double[] Milliseconds, int Failed) Take()
    {
        lock (_gate)
        {
            (double[] Milliseconds, int Failed) taken = ([.. _milliseconds], _failed);
            (_milliseconds, _failed) = ([], 0);
            return taken;
        }
    }

    private async Task RunAsync()
    {
        long began = Stopwatch.GetTimestamp();
        for (int sent = 0; _rate > 0; sent++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)sent / _rate) - Stopwatch.GetElapsedTime(began);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due);
            }

            _ = WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        long began = Stopwatch.GetTimestamp();
        bool failed = false;
        try
        {
            await raft.ProposeAsync(_command);
        }
        catch (Exception e) when (e is NotLeaderException or ProposalDroppedException or OutcomeUnknownException)
        {
            failed = true;
        }

        lock (_gate)
        {
            _milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            _failed += failed ? 1 : 0;
        }
    }
}
