namespace Raft.Transport.Grpc.Codec;

/// <summary>Bytes are not a message as <c>raft.proto</c> describes it.</summary>
internal sealed class WireFormatException(string message, Exception? inner = null) : Exception(message, inner);
