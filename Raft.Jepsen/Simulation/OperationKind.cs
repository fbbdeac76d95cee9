namespace Raft.Jepsen.Simulation;

/// <summary>What a client asks for.</summary>
internal enum OperationKind
{
    Propose,
    Read,
    Change,
    StaleRead,
}
