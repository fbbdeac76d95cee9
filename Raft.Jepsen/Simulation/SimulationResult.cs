namespace Raft.Jepsen.Simulation;

/// <summary>How one seed ended.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Steps">Events that happened.</param>
/// <param name="VirtualMicroseconds">Virtual time that passed.</param>
/// <param name="TraceHash">Hash of everything that happened; equal for equal runs.</param>
/// <param name="Failure">The property that broke, or <c>null</c>.</param>
internal sealed record SimulationResult(
    ulong Seed, long Steps, long VirtualMicroseconds, ulong TraceHash, PropertyViolationException? Failure)
{
    /// <summary>What the checkers say of what clients saw; <c>null</c> where no workload ran, or a property broke before.</summary>
    public HistoryJudgement? Judgement { get; init; }
}
