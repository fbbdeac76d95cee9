using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>A request of a client on its way to a node and back.</summary>
/// <param name="node">The node that is asked.</param>
/// <param name="path">What for.</param>
/// <param name="body">The request.</param>
/// <param name="fate">Decides what becomes of it on its way.</param>
internal sealed class ClientCall(SimulatedNode node, string path, byte[] body, RandomStream fate)
{
    private readonly TaskCompletionSource<Answer> _answer = new();

    public SimulatedNode Node => node;

    public string Path => path;

    public byte[] Body => body;

    public RandomStream Fate => fate;

    /// <summary>The start of the node in whose sockets it lies while the node is paused; <c>null</c> before.</summary>
    public int? LiesAt { get; set; }

    /// <summary>What the client is told.</summary>
    public Task<Answer> Answer => _answer.Task;

    /// <summary>The client is told, unless it has been.</summary>
    public void End(Answer answer) => _answer.TrySetResult(answer);
}
