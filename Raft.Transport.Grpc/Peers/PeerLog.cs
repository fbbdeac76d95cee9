using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Peers;

/// <summary>What the sending side has to say about a peer.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Peer} at {Address} takes {What}")]
    public static partial void Connected(this ILogger logger, NodeId peer, Uri address, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost node {Peer} at {Address} for {What}: {Reason}")]
    public static partial void Lost(this ILogger logger, NodeId peer, Uri address, string what, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Can't reach node {Peer} at {Address} for {What}, and keep trying: {Reason}")]
    public static partial void CannotReach(this ILogger logger, NodeId peer, Uri address, string what, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Still can't reach node {Peer} at {Address} for {What}: {Reason}")]
    public static partial void StillCannotReach(this ILogger logger, NodeId peer, Uri address, string what, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Peer} does not keep up: {What} to it are dropped while {Messages} pieces, {Bytes} bytes, wait")]
    public static partial void Overflow(this ILogger logger, NodeId peer, string what, int messages, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of type {Type} to node {Peer} is larger than the limit of {Limit} bytes and was dropped; raise MaxFrameBytes on all nodes")]
    public static partial void TooLarge(this ILogger logger, MessageType type, NodeId peer, int limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of node {Peer} for {What} failed because of a defect, and is tried again")]
    public static partial void CallFailed(this ILogger logger, NodeId peer, string what, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending {What} to node {Peer} ended for good, because of a defect")]
    public static partial void SenderFailed(this ILogger logger, NodeId peer, string what, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The address of node {Peer} in the cluster's configuration can't be used: {Problem}. Correct it by a change of membership")]
    public static partial void UnusableAddress(this ILogger logger, NodeId peer, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Peer} calls and is answered at {Address}, which it named itself")]
    public static partial void Learnt(this ILogger logger, NodeId peer, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Peer} calls and is not answered, because no more than {Limit} addresses are learnt from callers; add it to the peers")]
    public static partial void TooManyLearnt(this ILogger logger, NodeId peer, int limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Peer} at {Address} is no member, and nothing is sent to it any more: its connection is closed")]
    public static partial void GivenUp(this ILogger logger, NodeId peer, Uri address);
}
