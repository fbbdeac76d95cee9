using Raft.Core.Consensus;
using Raft.Jepsen.Mutants;

namespace Raft.Jepsen.Simulation;

/// <summary>What to run.</summary>
/// <param name="Duration">Virtual time with faults, in microseconds; the healing comes on top.</param>
/// <param name="Mutant">The bug to plant.</param>
internal sealed record SimulationOptions(long Duration, Mutant Mutant)
{
    /// <summary>Hears of the protocol events of all nodes; <c>null</c> for nobody.</summary>
    public IRaftTrace? ProtocolTrace { get; init; }
}
