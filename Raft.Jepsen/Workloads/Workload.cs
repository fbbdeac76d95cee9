namespace Raft.Jepsen.Workloads;

/// <summary>What clients ask for. In each, at least a third of the keys are lists.</summary>
internal enum Workload
{
    /// <summary>Registers: read, write and compare-and-set.</summary>
    Register,

    /// <summary>Lists only.</summary>
    Append,

    /// <summary>Transfers between the accounts of banks.</summary>
    Bank,

    /// <summary>Lists, through client sessions: what gets no answer is sent again.</summary>
    Session,

    /// <summary>All of it; half of the clients use sessions.</summary>
    Mixed,
}
