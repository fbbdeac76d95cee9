using System.Diagnostics;
using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>Waits for a node that must end by itself, and say why.</summary>
internal static class ExpectedEnd
{
    private const int PollMs = 20;

    // The node may be suspended, or may need another write to notice.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Waits for the end of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="abort">Nobody waits any more.</param>
    /// <param name="reason">What must stand in one line of what it writes: the file, and what is wrong with it.</param>
    /// <exception cref="MisbehaviourException">It goes on, or does not give that reason.</exception>
    public static async Task AwaitAsync(NodeProcess node, CancellationToken abort, params string[] reason)
    {
        long began = Stopwatch.GetTimestamp();
        while (node.IsAlive || !HasSaid(node, reason))
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new MisbehaviourException(node.IsAlive
                    ? $"Node {node.Id} goes on although it must stop because of this: {string.Join(" … ", reason)}."
                    : $"Node {node.Id} ended and did not say '{string.Join(" … ", reason)}', but: {string.Join(" | ", node.LastLines.TakeLast(3))}");
            }

            await Task.Delay(PollMs, abort).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the node wrote a line with all of this in it since it was started.</summary>
    private static bool HasSaid(NodeProcess node, params string[] reason)
        => node.LastLines.Any(line => Array.TrueForAll(reason, part => line.Contains(part, StringComparison.Ordinal)));
}
