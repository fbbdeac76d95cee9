namespace Raft.Core.Node;

/// <summary>How the wait for a proposal ended, as the metrics count it.</summary>
internal enum ProposalOutcome : byte
{
    /// <summary>Committed and applied.</summary>
    Committed = 0,

    /// <summary>Certainly not carried out: this node does not lead.</summary>
    NotLeader = 1,

    /// <summary>Certainly not carried out: a limit was reached, or leadership is being handed over.</summary>
    Dropped = 2,

    /// <summary>Certainly not carried out: the node has stopped.</summary>
    Stopped = 3,

    /// <summary>It may or may not be carried out.</summary>
    Unknown = 4,

    /// <summary>The caller gave up first.</summary>
    Cancelled = 5,
}
