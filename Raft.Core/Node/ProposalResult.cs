namespace Raft.Core.Node;

/// <summary>What became of a proposal that was committed and applied on this node.</summary>
/// <param name="Term">Term in which it was proposed.</param>
/// <param name="Index">Its place in the log.</param>
/// <param name="Reply">What the state machine answered.</param>
public readonly record struct ProposalResult(ulong Term, ulong Index, ReadOnlyMemory<byte> Reply);
