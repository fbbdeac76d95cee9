namespace Raft.Jepsen.Simulation;

/// <summary>One event of the run; small, because the queue moves it often.</summary>
/// <param name="kind">What happens.</param>
/// <param name="node">Position of the node that it happens to; 0 when it concerns the whole cluster.</param>
/// <param name="incarnation">Start of the node that it was meant for; an event for an earlier one is void.</param>
/// <param name="argument">A sequence number, a place of a message, a kind of fault: as the kind has it.</param>
internal readonly struct SimulationEvent(EventKind kind, int node, int incarnation, long argument)
{
    private readonly byte _node = (byte)node;

    public EventKind Kind { get; } = kind;

    public int Node => _node;

    public int Incarnation { get; } = incarnation;

    public long Argument { get; } = argument;
}
