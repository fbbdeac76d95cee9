using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Core.Node;

/// <summary>One thing that waits in a node's mailbox.</summary>
internal readonly record struct NodeInput
{
    public enum InputKind : byte
    {
        Message,
        Proposal,
        Read,
        Unreachable,
        Transfer,
        Change,
    }

    public InputKind Kind { get; private init; }

    /// <summary>True for what peers or the transport caused, false for calls of this process.</summary>
    public bool IsFromPeer => Kind is InputKind.Message or InputKind.Unreachable;

    public Message Message { get; private init; }

    public ReadOnlyMemory<byte> Command { get; private init; }

    /// <summary>Who waits for the proposal; <c>null</c> when it is forwarded without an answer.</summary>
    public PooledCompletion<ProposalResult>? Proposer { get; private init; }

    public PooledCompletion<bool>? Reader { get; private init; }

    /// <summary>The reader wants this node to lead.</summary>
    public ReadConsistency Consistency { get; private init; }

    public TaskCompletionSource? Transferrer { get; private init; }

    public MembershipCall? MembershipCall { get; private init; }

    /// <summary>The peer that is unreachable, or that is to lead.</summary>
    public NodeId Peer { get; private init; }

    public static NodeInput OfMessage(in Message message) => new() { Kind = InputKind.Message, Message = message };

    public static NodeInput OfProposal(ReadOnlyMemory<byte> command, PooledCompletion<ProposalResult>? proposer)
        => new() { Kind = InputKind.Proposal, Command = command, Proposer = proposer };

    public static NodeInput OfRead(PooledCompletion<bool> reader, ReadConsistency consistency)
        => new() { Kind = InputKind.Read, Reader = reader, Consistency = consistency };

    public static NodeInput OfTransfer(NodeId target, TaskCompletionSource transferrer)
        => new() { Kind = InputKind.Transfer, Peer = target, Transferrer = transferrer };

    public static NodeInput OfChange(MembershipCall call) => new() { Kind = InputKind.Change, MembershipCall = call };

    public static NodeInput OfUnreachable(NodeId peer) => new() { Kind = InputKind.Unreachable, Peer = peer };
}
