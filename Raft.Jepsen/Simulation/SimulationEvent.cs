namespace Raft.Jepsen.Simulation;

/// <summary>One event of the run.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Node">Position of the node that it happens to; 0 when it concerns the whole cluster.</param>
/// <param name="Incarnation">Start of the node that it was meant for; an event for an earlier one is void.</param>
/// <param name="Argument">A sequence number, a place of a message, a kind of fault: as the kind has it.</param>
internal readonly record struct SimulationEvent(EventKind Kind, int Node, int Incarnation, long Argument);
