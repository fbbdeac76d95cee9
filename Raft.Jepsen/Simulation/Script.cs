namespace Raft.Jepsen.Simulation;

/// <summary>The faults and requests of a scenario, by what brings them about.</summary>
internal sealed class Script
{
    private readonly Dictionary<FaultCause, List<Fault>> _faults = [];
    private readonly Dictionary<(OperationKind, long), Operation> _operations = [];

    public Script(Scenario scenario)
    {
        Operations = scenario.Operations;
        foreach (Operation operation in scenario.Operations)
        {
            _operations[(operation.Kind, operation.Number)] = operation;
        }

        foreach (Fault fault in scenario.Faults)
        {
            if (!_faults.TryGetValue(fault.Cause, out List<Fault>? together))
            {
                _faults.Add(fault.Cause, together = []);
                if (fault.Cause.Kind == CauseKind.Time)
                {
                    TimedFaults.Add((fault.Cause, fault.At));
                }
            }

            together.Add(fault);
        }
    }

    /// <summary>The causes that wait for a time, and the time.</summary>
    public List<(FaultCause Cause, long At)> TimedFaults { get; } = [];

    public IReadOnlyList<Operation> Operations { get; }

    public IReadOnlyList<Fault> FaultsOf(FaultCause cause) => _faults.TryGetValue(cause, out List<Fault>? together) ? together : [];

    public Operation OperationOf(OperationKind kind, long number) => _operations[(kind, number)];
}
