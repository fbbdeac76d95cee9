namespace Raft.Jepsen.Simulation;

/// <summary>What a run did to its cluster, in the order in which it did it.</summary>
internal sealed class Recording
{
    /// <summary>The faults that took effect.</summary>
    public List<Fault> Faults { get; } = [];

    /// <summary>The requests that reached a node.</summary>
    public List<Operation> Operations { get; } = [];
}
