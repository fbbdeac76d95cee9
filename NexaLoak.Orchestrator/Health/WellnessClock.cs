namespace NexaLoak.Orchestrator.Health;

/// <summary>Remembers since when nodes have been well without a break. Not thread-safe.</summary>
internal sealed class WellnessClock(TimeProvider time)
{
    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>Takes in a look at a node, and tells how long it has been well; zero when it is not.</summary>
    public TimeSpan Observe(NodeSighting sighting)
    {
        string name = sighting.Node.Name;
        if (!sighting.IsWell)
        {
            _since.Remove(name);
            return TimeSpan.Zero;
        }

        long now = time.GetTimestamp();
        if (_since.TryAdd(name, now))
        {
            return TimeSpan.Zero;
        }

        return time.GetElapsedTime(_since[name], now);
    }

    /// <summary>Forgets everything: what was seen in another leadership says nothing.</summary>
    public void Reset() => _since.Clear();
}
