using Raft.Core.Consensus;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Mutants;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Simulation;

/// <summary>What to run.</summary>
/// <param name="Duration">Virtual time with faults, in microseconds; the healing comes on top.</param>
/// <param name="Mutant">The bug to plant.</param>
internal sealed record SimulationOptions(long Duration, Mutant Mutant)
{
    /// <summary>Hears of the protocol events of all nodes; <c>null</c> for nobody.</summary>
    public IRaftTrace? ProtocolTrace { get; init; }

    /// <summary>What clients ask of a replicated store; <c>null</c> for commands and reads of no meaning, the fastest load.</summary>
    public Workload? Workload { get; init; }

    /// <summary>
    /// No property of the steps counts but those of the end: only what clients saw can show a bug, as where real processes run. Needs a
    /// <see cref="Workload"/>.
    /// </summary>
    public bool HistoryOnly { get; init; }

    /// <summary>Gets the history of the clients of a <see cref="Workload"/> when the run has ended; <c>null</c> for nobody.</summary>
    public Action<IReadOnlyList<HistoryEvent>>? HistorySink { get; init; }
}
