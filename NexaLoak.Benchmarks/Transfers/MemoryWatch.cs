namespace NexaLoak.Benchmarks.Transfers;

/// <summary>How much memory this process has at most, sampled.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private const double MiB = 1 << 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Timer _timer;
    private (double Heap, double Resident) _most;

    public MemoryWatch() => _timer = new Timer(_ => Sample(), null, Interval, Interval);

    /// <summary>Begins anew with what is there after a collection.</summary>
    public (double Heap, double Resident) Reset()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        lock (_timer)
        {
            return _most = Now();
        }
    }

    /// <summary>The most since the last reset, in MiB.</summary>
    public (double Heap, double Resident) Most
    {
        get
        {
            lock (_timer)
            {
                return _most;
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        lock (_timer)
        {
            (double heap, double resident) = Now();
            _most = (Math.Max(_most.Heap, heap), Math.Max(_most.Resident, resident));
        }
    }

    private static (double Heap, double Resident) Now() => (GC.GetTotalMemory(forceFullCollection: false) / MiB, Environment.WorkingSet / MiB);
}
