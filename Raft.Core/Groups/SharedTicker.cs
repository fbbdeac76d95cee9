using System.Collections.Immutable;

namespace Raft.Core.Groups;

/// <summary>
/// One timer for all nodes of a process, instead of one for each: idle groups then wake the process once a tick, and their heartbeats leave together. What
/// keeps the elections of different groups apart is the random part of each node's election timeout. Safe to use from any thread.
/// </summary>
public sealed class SharedTicker : IDisposable
{
    private readonly ITimer _timer;
    private ImmutableArray<Subscription> _nodes = [];

    /// <summary>Creates a ticker that runs at once.</summary>
    /// <param name="interval">Length of a tick; greater than zero.</param>
    /// <param name="time">Source of ticks; the system's by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not greater than zero.</exception>
    public SharedTicker(TimeSpan interval, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Interval = interval;
        _timer = (time ?? TimeProvider.System).CreateTimer(static ticker => ((SharedTicker)ticker!).Tick(), this, interval, interval);
    }

    /// <summary>Length of a tick.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Stops the ticks. For after the nodes have stopped: a node without ticks neither leads nor follows.</summary>
    public void Dispose() => _timer.Dispose();

    /// <summary>Has a node ticked until the result is disposed.</summary>
    /// <param name="onTick">Returns at once and does not throw.</param>
    internal IDisposable Add(Action onTick)
    {
        var subscription = new Subscription(this, onTick);
        ImmutableInterlocked.Update(ref _nodes, static (nodes, added) => nodes.Add(added), subscription);
        return subscription;
    }

    private void Tick()
    {
        foreach (Subscription node in _nodes)
        {
            node.OnTick();
        }
    }

    private sealed class Subscription(SharedTicker ticker, Action onTick) : IDisposable
    {
        public Action OnTick => onTick;

        public void Dispose() => ImmutableInterlocked.Update(ref ticker._nodes, static (nodes, removed) => nodes.Remove(removed), this);
    }
}
