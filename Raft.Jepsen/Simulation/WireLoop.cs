using System.Buffers;
using Raft.Core.Consensus;
using Raft.Transport.Grpc.Codec;

namespace Raft.Jepsen.Simulation;

/// <summary>Sends messages through the encoding of the real transport. What comes out must be what went in.</summary>
internal sealed class WireLoop
{
    private readonly ArrayBufferWriter<byte> _frame = new();

    /// <summary>Encodes and decodes a message.</summary>
    /// <exception cref="PropertyViolationException">It is another one afterwards.</exception>
    public Message Pass(in Message message)
    {
        _frame.ResetWrittenCount();
        MessageEncoder.Append(message, _frame);
        var decoder = new FrameDecoder(_frame.WrittenSpan, long.MaxValue);
        bool same = decoder.TryRead(out Message decoded) && AreEqual(message, decoded)
            && _frame.WrittenCount == MessageEncoder.SizeInFrame(message);
        return same && !decoder.TryRead(out _)
            ? decoded
            : throw new PropertyViolationException("W1 encoding", $"a {message.Type} is not read as it was written");
    }

    private static bool AreEqual(in Message sent, in Message read)
    {
        bool same = sent with { Entries = default, Chunk = null } == read with { Entries = default, Chunk = null }
            && sent.Entries.Length == read.Entries.Length
            && AreEqual(sent.Chunk, read.Chunk);
        for (int i = 0; same && i < sent.Entries.Length; i++)
        {
            (var one, var other) = (sent.Entries.Span[i], read.Entries.Span[i]);
            same = one with { Payload = default } == other with { Payload = default } && one.Payload.Span.SequenceEqual(other.Payload.Span);
        }

        return same;
    }

    private static bool AreEqual(SnapshotChunk? sent, SnapshotChunk? read)
        => sent is null || read is null
            ? sent == read
            : sent with { Data = default } == read with { Data = default } && sent.Data.Span.SequenceEqual(read.Data.Span);
}
