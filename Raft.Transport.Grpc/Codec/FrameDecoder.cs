using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Protos;
using EntryType = Raft.Core.Log.EntryType;
using MessageType = Raft.Core.Consensus.MessageType;

namespace Raft.Transport.Grpc.Codec;

/// <summary>
/// Reads the messages of a <c>RaftFrame</c> one after the other. What it returns shares no memory with the frame. The frame comes from another machine,
/// so nothing in it is believed: the entries of a message, by <see cref="Entry.Size"/>, and its piece of a snapshot may each take
/// <paramref name="maxMessageSize"/> bytes of memory.
/// </summary>
internal ref struct FrameDecoder(ReadOnlySpan<byte> frame, long maxMessageSize)
{
    private ProtoReader _frame = new(frame);

    /// <summary>Reads the next message of a type that this version knows.</summary>
    /// <returns>False at the end of the frame.</returns>
    /// <exception cref="WireFormatException">The bytes are not a frame, or go over the limit.</exception>
    public bool TryRead(out Message message)
    {
        while (_frame.MoveNext())
        {
            if (_frame.Field != RaftFrame.MessagesFieldNumber)
            {
                _frame.Skip();
                continue;
            }

            message = ReadMessage(_frame.ReadBlock());
            if (message.Type != MessageType.None)
            {
                return true;
            }
        }

        message = default;
        return false;
    }

    private readonly Message ReadMessage(ReadOnlySpan<byte> block)
    {
        ulong type = 0, from = 0, to = 0, term = 0, logIndex = 0, logTerm = 0, commit = 0, reject = 0, rejectHint = 0, readContext = 0, transfer = 0, group = 0;
        int entryCount = 0;
        ReadOnlySpan<byte> chunk = default;
        bool hasChunk = false;
        var reader = new ProtoReader(block);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case RaftMessage.TypeFieldNumber: type = reader.ReadNumber(); break;
                case RaftMessage.FromFieldNumber: from = reader.ReadNumber(); break;
                case RaftMessage.ToFieldNumber: to = reader.ReadNumber(); break;
                case RaftMessage.TermFieldNumber: term = reader.ReadNumber(); break;
                case RaftMessage.LogIndexFieldNumber: logIndex = reader.ReadNumber(); break;
                case RaftMessage.LogTermFieldNumber: logTerm = reader.ReadNumber(); break;
                case RaftMessage.CommitFieldNumber: commit = reader.ReadNumber(); break;
                case RaftMessage.EntriesFieldNumber: reader.ReadBlock(); entryCount++; break;
                case RaftMessage.RejectFieldNumber: reject = reader.ReadNumber(); break;
                case RaftMessage.RejectHintFieldNumber: rejectHint = reader.ReadNumber(); break;
                case RaftMessage.ReadContextFieldNumber: readContext = reader.ReadNumber(); break;
                case RaftMessage.LeadershipTransferFieldNumber: transfer = reader.ReadNumber(); break;
                case RaftMessage.ChunkFieldNumber: chunk = reader.ReadBlock(); hasChunk = true; break;
                case RaftMessage.GroupFieldNumber: group = reader.ReadNumber(); break;
                default: reader.Skip(); break;
            }
        }

        return new Message
        {
            Type = ToMessageType(type),
            From = new NodeId(from),
            To = new NodeId(to),
            Term = term,
            LogIndex = logIndex,
            LogTerm = logTerm,
            Commit = commit,
            Entries = ReadEntries(block, entryCount),
            Reject = reject != 0,
            RejectHint = rejectHint,
            ReadContext = readContext,
            LeadershipTransfer = transfer != 0,
            Chunk = hasChunk ? ChunkDecoder.Read(chunk, maxMessageSize) : null,
            Group = new GroupId(group),
        };
    }

    // The payloads of a message share one array that is as large as they are together.
    private readonly Entry[] ReadEntries(ReadOnlySpan<byte> block, int count)
    {
        if (count == 0)
        {
            return [];
        }

        long size = (long)count * Entry.Overhead;
        int payloadBytes = size <= maxMessageSize ? MeasurePayloads(block) : 0;
        if (size + payloadBytes > maxMessageSize)
        {
            throw new WireFormatException($"The {count} entries of a message take {size + payloadBytes} bytes; the limit is {maxMessageSize}.");
        }

        var entries = new Entry[count];
        Memory<byte> payloads = payloadBytes == 0 ? Memory<byte>.Empty : new byte[payloadBytes];
        var reader = new ProtoReader(block);
        for (int i = 0; i < count;)
        {
            reader.MoveNext();
            if (reader.Field == RaftMessage.EntriesFieldNumber)
            {
                entries[i++] = ReadEntry(reader.ReadBlock(), ref payloads);
            }
            else
            {
                reader.Skip();
            }
        }

        return entries;
    }

    private static int MeasurePayloads(ReadOnlySpan<byte> block)
    {
        int bytes = 0;
        var reader = new ProtoReader(block);
        while (reader.MoveNext())
        {
            if (reader.Field == RaftMessage.EntriesFieldNumber)
            {
                bytes += PayloadOf(reader.ReadBlock()).Length;
            }
            else
            {
                reader.Skip();
            }
        }

        return bytes;
    }

    private static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> entry)
    {
        ReadOnlySpan<byte> payload = default;
        var reader = new ProtoReader(entry);
        while (reader.MoveNext())
        {
            if (reader.Field == LogEntry.PayloadFieldNumber)
            {
                payload = reader.ReadBlock();
            }
            else
            {
                reader.Skip();
            }
        }

        return payload;
    }

    private static Entry ReadEntry(ReadOnlySpan<byte> block, ref Memory<byte> payloads)
    {
        ulong term = 0, index = 0, type = 0;
        ReadOnlySpan<byte> payload = default;
        var reader = new ProtoReader(block);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case LogEntry.TermFieldNumber: term = reader.ReadNumber(); break;
                case LogEntry.IndexFieldNumber: index = reader.ReadNumber(); break;
                case LogEntry.TypeFieldNumber: type = reader.ReadNumber(); break;
                case LogEntry.PayloadFieldNumber: payload = reader.ReadBlock(); break;
                default: reader.Skip(); break;
            }
        }

        Memory<byte> own = payloads[..payload.Length];
        payload.CopyTo(own.Span);
        payloads = payloads[payload.Length..];
        return new Entry(term, index, ToEntryType(type), own);
    }

    // A type that only newer versions know is ignored like a message that was lost.
    private static MessageType ToMessageType(ulong type)
        => type is > (ulong)MessageType.None and <= (ulong)MessageType.ReadIndexResponse ? (MessageType)type : MessageType.None;

    // An entry can't be ignored: logs would differ.
    private static EntryType ToEntryType(ulong type)
        => type <= (ulong)EntryType.Withheld
            ? (EntryType)type
            : throw new WireFormatException($"Entries of type {type} are not known to this version.");
}
