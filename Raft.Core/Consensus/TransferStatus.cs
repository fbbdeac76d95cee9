namespace Raft.Core.Consensus;

/// <summary>What the core did with a request to hand leadership over.</summary>
public enum TransferStatus : byte
{
    /// <summary>It is under way; it ends when another node leads, or after an election timeout with this node still leading.</summary>
    Started = 0,

    /// <summary>This node does not lead.</summary>
    NotLeader = 1,

    /// <summary>The target is this node, may not lead, or there is no other voter.</summary>
    NoTarget = 2,
}
