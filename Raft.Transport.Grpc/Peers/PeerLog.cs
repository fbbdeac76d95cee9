using Microsoft.Extensions.Logging;
using Raft.Core.Consensus;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Peers;

/// <summary>What the sending side has to say about a peer.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Peer} at {Address} takes messages")]
    public static partial void Connected(this ILogger logger, NodeId peer, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost node {Peer} at {Address}: {Reason}")]
    public static partial void Lost(this ILogger logger, NodeId peer, Uri address, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Can't reach node {Peer} at {Address}, and keep trying: {Reason}")]
    public static partial void CannotReach(this ILogger logger, NodeId peer, Uri address, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Still can't reach node {Peer} at {Address}: {Reason}")]
    public static partial void StillCannotReach(this ILogger logger, NodeId peer, Uri address, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Peer} does not keep up: messages to it are dropped while {Messages} of them, {Bytes} bytes, wait")]
    public static partial void Overflow(this ILogger logger, NodeId peer, int messages, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of type {Type} to node {Peer} is larger than the limit of {Limit} bytes and was dropped; raise MaxFrameBytes on all nodes")]
    public static partial void TooLarge(this ILogger logger, MessageType type, NodeId peer, int limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending to node {Peer} ended for good, because of a defect")]
    public static partial void SenderFailed(this ILogger logger, NodeId peer, Exception error);
}
