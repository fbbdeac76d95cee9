using System.Globalization;

namespace Raft.Jepsen.Simulation;

/// <summary>The last events of each node, as text. Only a replay keeps them.</summary>
internal sealed class EventTrace(int nodes, int perNode)
{
    private readonly Queue<(long Number, TracedEvent What)>[] _events = [.. Enumerable.Range(0, nodes).Select(_ => new Queue<(long, TracedEvent)>())];
    private long _added;

    public int Nodes => nodes;

    /// <summary>The events kept, node by node.</summary>
    public IEnumerable<(int Node, string Event)> All => _events.SelectMany(events => events.Select(kept => (kept.What.Node, Describe(kept.What))));

    public void Add(TracedEvent what)
    {
        Queue<(long, TracedEvent)> events = _events[what.Node - 1];
        if (events.Count == perNode)
        {
            events.Dequeue();
        }

        events.Enqueue((_added++, what));
    }

    /// <summary>The last events of the whole cluster in the order in which they happened, as far as they were kept.</summary>
    public IReadOnlyList<TracedEvent> Last(int count)
        => [.. _events.SelectMany(events => events).OrderBy(kept => kept.Number).TakeLast(count).Select(kept => kept.What)];

    /// <summary>A point of virtual time in seconds.</summary>
    public static string Seconds(long microseconds)
        => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:D6}");

    private static string Describe(TracedEvent what) => $"{Seconds(what.At)}  {what.What}";
}
