using System.Buffers;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Transport.Grpc.Protos;

namespace Raft.Transport.Grpc.Codec;

/// <summary>
/// Writes messages as elements of a <c>RaftFrame</c>. By hand, because replication would otherwise create an object for each entry; the numbers of
/// the fields are those of the classes that are generated from <c>raft.proto</c>.
/// </summary>
internal static class MessageEncoder
{
    /// <summary>Bytes that a message adds to a frame.</summary>
    /// <exception cref="OverflowException">It would be 2 GiB or more.</exception>
    public static int SizeInFrame(in Message message) => ProtoWriter.SizeOfBlock(RaftFrame.MessagesFieldNumber, SizeOf(message));

    /// <summary>Appends a message to a frame.</summary>
    public static void Append(in Message message, IBufferWriter<byte> frame)
    {
        int size = SizeOf(message);
        var writer = new ProtoWriter(frame.GetSpan(ProtoWriter.SizeOfBlock(RaftFrame.MessagesFieldNumber, size)));
        writer.BeginBlock(RaftFrame.MessagesFieldNumber, size);
        Write(message, ref writer);
        frame.Advance(writer.Written);
    }

    private static void Write(in Message message, ref ProtoWriter writer)
    {
        writer.WriteField(RaftMessage.TypeFieldNumber, (ulong)message.Type);
        writer.WriteField(RaftMessage.FromFieldNumber, message.From.Value);
        writer.WriteField(RaftMessage.ToFieldNumber, message.To.Value);
        writer.WriteField(RaftMessage.TermFieldNumber, message.Term);
        writer.WriteField(RaftMessage.LogIndexFieldNumber, message.LogIndex);
        writer.WriteField(RaftMessage.LogTermFieldNumber, message.LogTerm);
        writer.WriteField(RaftMessage.CommitFieldNumber, message.Commit);
        foreach (ref readonly Entry entry in message.Entries.Span)
        {
            writer.BeginBlock(RaftMessage.EntriesFieldNumber, SizeOf(entry));
            Write(entry, ref writer);
        }

        writer.WriteField(RaftMessage.RejectFieldNumber, message.Reject ? 1u : 0u);
        writer.WriteField(RaftMessage.RejectHintFieldNumber, message.RejectHint);
        writer.WriteField(RaftMessage.ReadContextFieldNumber, message.ReadContext);
        writer.WriteField(RaftMessage.LeadershipTransferFieldNumber, message.LeadershipTransfer ? 1u : 0u);
        if (message.Chunk is { } chunk)
        {
            ChunkEncoder.Write(RaftMessage.ChunkFieldNumber, chunk, ref writer);
        }

        writer.WriteField(RaftMessage.GroupFieldNumber, message.Group.Value);
    }

    private static void Write(in Entry entry, ref ProtoWriter writer)
    {
        writer.WriteField(LogEntry.TermFieldNumber, entry.Term);
        writer.WriteField(LogEntry.IndexFieldNumber, entry.Index);
        writer.WriteField(LogEntry.TypeFieldNumber, (ulong)entry.Type);
        writer.WriteBytes(LogEntry.PayloadFieldNumber, entry.Payload.Span);
    }

    private static int SizeOf(in Message message)
    {
        int size = ProtoWriter.SizeOfField(RaftMessage.TypeFieldNumber, (ulong)message.Type)
            + ProtoWriter.SizeOfField(RaftMessage.FromFieldNumber, message.From.Value)
            + ProtoWriter.SizeOfField(RaftMessage.ToFieldNumber, message.To.Value)
            + ProtoWriter.SizeOfField(RaftMessage.TermFieldNumber, message.Term)
            + ProtoWriter.SizeOfField(RaftMessage.LogIndexFieldNumber, message.LogIndex)
            + ProtoWriter.SizeOfField(RaftMessage.LogTermFieldNumber, message.LogTerm)
            + ProtoWriter.SizeOfField(RaftMessage.CommitFieldNumber, message.Commit)
            + ProtoWriter.SizeOfField(RaftMessage.RejectFieldNumber, message.Reject ? 1u : 0u)
            + ProtoWriter.SizeOfField(RaftMessage.RejectHintFieldNumber, message.RejectHint)
            + ProtoWriter.SizeOfField(RaftMessage.ReadContextFieldNumber, message.ReadContext)
            + ProtoWriter.SizeOfField(RaftMessage.LeadershipTransferFieldNumber, message.LeadershipTransfer ? 1u : 0u)
            + ProtoWriter.SizeOfField(RaftMessage.GroupFieldNumber, message.Group.Value);
        foreach (ref readonly Entry entry in message.Entries.Span)
        {
            size = checked(size + ProtoWriter.SizeOfBlock(RaftMessage.EntriesFieldNumber, SizeOf(entry)));
        }

        return message.Chunk is { } chunk ? checked(size + ChunkEncoder.SizeInMessage(RaftMessage.ChunkFieldNumber, chunk)) : size;
    }

    private static int SizeOf(in Entry entry)
        => ProtoWriter.SizeOfField(LogEntry.TermFieldNumber, entry.Term)
            + ProtoWriter.SizeOfField(LogEntry.IndexFieldNumber, entry.Index)
            + ProtoWriter.SizeOfField(LogEntry.TypeFieldNumber, (ulong)entry.Type)
            + ProtoWriter.SizeOfBytes(LogEntry.PayloadFieldNumber, entry.Payload.Length);
}
