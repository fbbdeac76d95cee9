using System.Collections.Concurrent;

namespace NexaLoak.Tests.Transport;

/// <summary>Writes one value after the other to a cluster, until it is stopped.</summary>
internal sealed class SteadyWriter
{
    // Enough to see that it was not one lucky write.
    private const int Progress = 10;

    private readonly ConcurrentQueue<string> _acknowledged = new();
    private readonly Task _writing;
    private volatile bool _stopping;

    public SteadyWriter(HostedCluster cluster, int bytes = 16) => _writing = Task.Run(() => WriteAsync(cluster, bytes));

    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>Waits for a few more acknowledged writes.</summary>
    public async Task GoesOnAsync()
    {
        int goal = _acknowledged.Count + Progress;
        await Eventually.Holds(() => _acknowledged.Count >= goal || _writing.IsCompleted, "writes go on");
        if (_writing.IsCompleted)
        {
            await _writing;
        }
    }

    public Task StopAsync()
    {
        _stopping = true;
        return _writing;
    }

    private async Task WriteAsync(HostedCluster cluster, int bytes)
    {
        for (int i = 1; !_stopping; i++)
        {
            string value = $"{i}".PadLeft(bytes, '-');
            await cluster.WriteAsync(value);
            _acknowledged.Enqueue(value);
            await Task.Delay(5);
        }
    }
}
