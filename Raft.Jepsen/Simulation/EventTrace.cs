using System.Globalization;

namespace Raft.Jepsen.Simulation;

/// <summary>The last events of each node, as text. Only a replay keeps them.</summary>
internal sealed class EventTrace(int nodes, int perNode)
{
    private readonly Queue<string>[] _events = [.. Enumerable.Range(0, nodes).Select(_ => new Queue<string>())];

    public void Add(int node, long now, string what)
    {
        Queue<string> events = _events[node];
        if (events.Count == perNode)
        {
            events.Dequeue();
        }

        events.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{now / 1_000_000}.{now % 1_000_000:D6}  {what}"));
    }

    /// <summary>The events kept, node by node.</summary>
    public IEnumerable<(int Node, string Event)> All => _events.SelectMany((events, node) => events.Select(what => (node + 1, what)));
}
