using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;
using Google.Protobuf;
using NUnit.Framework;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Codec;
using Raft.Transport.Grpc.Protos;
using Raft.Transport.Grpc.Wire;
using ChunkFields = Raft.Transport.Grpc.Protos.SnapshotChunk;
using EntryType = Raft.Core.Log.EntryType;
using MessageType = Raft.Core.Consensus.MessageType;
using MetadataFields = Raft.Transport.Grpc.Protos.SnapshotMetadata;
using SnapshotChunk = Raft.Core.Consensus.SnapshotChunk;
using SnapshotMetadata = Raft.Core.Storage.SnapshotMetadata;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FrameCodecTests
{
    private const long NoLimit = long.MaxValue;

    [Property(Arbitrary = [typeof(MessageSamples)])]
    public bool A_frame_is_read_as_it_was_written(Message[] messages)
    {
        List<Message> read = Decode(Encode(messages), NoLimit);
        return read.Count == messages.Length && read.Zip(messages).All(static m => MessageSamples.Same(m.First, m.Second));
    }

    [Property(Arbitrary = [typeof(MessageSamples)])]
    public bool Protobuf_itself_reads_what_is_written_and_writes_what_is_read(Message[] messages)
    {
        byte[] written = Encode(messages);
        RaftFrame frame = RaftFrame.Parser.ParseFrom(written);
        return frame.ToByteArray().AsSpan().SequenceEqual(written)
            && frame.Messages.Select(FromProto).Zip(messages).All(static m => MessageSamples.Same(m.First, m.Second));
    }

    [Property(Arbitrary = [typeof(MessageSamples)])]
    public bool Damaged_bytes_are_refused_or_read_and_never_harm(Message[] messages, int seed)
    {
        byte[] bytes = Encode(messages);
        var random = new Random(seed);
        for (int i = 0; i < 4 && bytes.Length > 0; i++)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return ReadsOrRefuses(bytes) && ReadsOrRefuses(bytes.AsSpan(0, random.Next(bytes.Length + 1)).ToArray());
    }

    [Property]
    public bool Random_bytes_are_refused_or_read_and_never_harm(byte[] bytes) => ReadsOrRefuses(bytes);

    [Test]
    public void What_is_read_shares_no_memory_with_the_frame()
    {
        byte[] bytes = Encode([Append([1, 2, 3])]);
        Message read = Decode(bytes, NoLimit).Single();
        Array.Clear(bytes);

        Assert.That(read.Entries.Span[0].Payload.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void Fields_and_messages_that_a_newer_version_adds_are_passed_over()
    {
        byte[] known = Encode([Append([1])]);
        // The last ones are field 18 of bytes, field 16 of eight and field 31 of four: their keys take two.
        byte[] unknownFields = [(15 << 3) | 0, 1, 0x92, 1, 2, 9, 9, 0x81, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xFD, 1, 1, 2, 3, 4];
        byte[] newMessage = [(1 << 3) | 2, 2, (1 << 3) | 0, 77];
        byte[] inMessage = Encode([Append([1])]);
        byte[] extended = [(1 << 3) | 2, (byte)(inMessage.Length - 2 + unknownFields.Length), .. inMessage[2..], .. unknownFields];

        Assert.That(Decode([.. unknownFields, .. newMessage, .. known, .. extended], NoLimit), Has.Count.EqualTo(2));
    }

    [Test]
    public void An_unknown_type_of_entry_is_refused_because_logs_would_differ()
    {
        var frame = new RaftFrame
        {
            Messages = { new RaftMessage { Type = Raft.Transport.Grpc.Protos.MessageType.AppendRequest, Entries = { new LogEntry { Type = (Raft.Transport.Grpc.Protos.EntryType)9 } } } },
        };

        Assert.That(() => Decode(frame.ToByteArray(), NoLimit), Throws.TypeOf<WireFormatException>().With.Message.Contains("type 9"));
    }

    [Test]
    public void Many_empty_entries_in_few_bytes_may_not_fill_the_memory()
    {
        byte[] emptyEntry = [(8 << 3) | 2, 0];
        byte[] entries = Enumerable.Repeat(emptyEntry, 100_000).SelectMany(static e => e).ToArray();
        byte[] frame = [(1 << 3) | 2, .. Varint(entries.Length), .. entries];

        Assert.That(() => Decode(frame, maxMessageSize: 1 << 20), Throws.TypeOf<WireFormatException>().With.Message.Contains("limit"));
    }

    [Test]
    public void The_data_of_a_piece_is_a_copy()
    {
        byte[] bytes = Encode([Chunk(new ChunkFields { Snapshot = Metadata(), Data = ByteString.CopyFrom(1, 2, 3) })]);
        Message read = Decode(bytes, NoLimit).Single();
        Array.Clear(bytes);

        Assert.That(read.Chunk!.Data.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    private static IEnumerable<TestCaseData> PiecesThatCanNotBe()
    {
        TestCaseData Case(string name, ChunkFields chunk, string reason) => new TestCaseData(chunk, reason).SetArgDisplayNames(name);
        return
        [
            Case("no snapshot", new ChunkFields { Data = ByteString.CopyFrom(1) }, "no bytes"),
            Case("no configuration", new ChunkFields { Snapshot = new MetadataFields { Term = 1, Index = 1 } }, "no bytes"),
            Case("garbage", new ChunkFields { Snapshot = Metadata(configuration: [1, 200]) }, "cut off"),
            Case("a newer version", new ChunkFields { Snapshot = Metadata(configuration: [9]) }, "version 9"),
            Case("a learner that votes", new ChunkFields { Snapshot = Metadata(configuration: [1, 1, 1, 0, 1, 1, 0, 0, 0]) }, "contradicts itself"),
            Case("many members", new ChunkFields { Snapshot = Metadata(configuration: new byte[ChunkDecoder.MaxConfigurationBytes + 1]) }, "limit"),
            Case("a negative size", new ChunkFields { Snapshot = Metadata(size: ulong.MaxValue) }, "size"),
            Case("a negative offset", new ChunkFields { Snapshot = Metadata(), Offset = 1ul << 63 }, "offset"),
            Case("much data", new ChunkFields { Snapshot = Metadata(), Data = ByteString.CopyFrom(new byte[1001]) }, "the limit is 1000"),
        ];
    }

    [TestCaseSource(nameof(PiecesThatCanNotBe))]
    public void A_piece_that_can_not_be_is_refused(IMessage chunk, string reason)
        => Assert.That(() => Decode(FrameOf((ChunkFields)chunk), maxMessageSize: 1000), Throws.TypeOf<WireFormatException>().With.Message.Contains(reason));

    [Test]
    public void The_numbers_on_the_wire_are_those_of_the_core()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Enum.GetValues<Raft.Transport.Grpc.Protos.MessageType>().Select(static t => (int)t),
                Is.EqualTo(Enum.GetValues<MessageType>().Select(static t => (int)t)));
            Assert.That(
                Enum.GetValues<Raft.Transport.Grpc.Protos.EntryType>().Select(static t => t.ToString()),
                Is.EqualTo(Enum.GetValues<EntryType>().Select(static t => t.ToString())));
        }
    }

    [TestCase(0ul, 1)]
    [TestCase(127ul, 1)]
    [TestCase(128ul, 2)]
    [TestCase(ulong.MaxValue, 10)]
    public void A_number_takes_as_many_bytes_as_it_needs(ulong value, int bytes) => Assert.That(ProtoWriter.SizeOf(value), Is.EqualTo(bytes));

    internal static byte[] Encode(IEnumerable<Message> messages)
    {
        using var frame = new GrpcFrameWriter();
        foreach (Message message in messages)
        {
            int before = frame.MessageBytes;
            MessageEncoder.Append(message, frame);
            Assert.That(frame.MessageBytes - before, Is.EqualTo(MessageEncoder.SizeInFrame(message)));
        }

        return frame.Finish()[GrpcFrameReader.HeaderBytes..].ToArray();
    }

    private static Message Append(byte[] payload) => new()
    {
        Type = MessageType.AppendRequest,
        From = new NodeId(1),
        To = new NodeId(2),
        Entries = new[] { new Entry(1, 1, EntryType.Command, payload) },
    };

    private static Message Chunk(ChunkFields chunk) => Decode(FrameOf(chunk), NoLimit).Single();

    private static byte[] FrameOf(ChunkFields chunk)
        => new RaftFrame { Messages = { new RaftMessage { Type = Raft.Transport.Grpc.Protos.MessageType.SnapshotChunk, Chunk = chunk } } }.ToByteArray();

    private static MetadataFields Metadata(byte[]? configuration = null, ulong size = 3) => new()
    {
        Term = 1,
        Index = 1,
        Configuration = ByteString.CopyFrom(configuration ?? ConfigurationCodec.Encode(new ClusterConfiguration([new NodeId(1)]))),
        Size = size,
    };

    private static List<Message> Decode(byte[] bytes, long maxMessageSize)
    {
        var read = new List<Message>();
        var decoder = new FrameDecoder(bytes, maxMessageSize);
        while (decoder.TryRead(out Message message))
        {
            read.Add(message);
        }

        return read;
    }

    private static bool ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            Decode(bytes, maxMessageSize: 1 << 20);
            return true;
        }
        catch (WireFormatException)
        {
            return true;
        }
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (uint rest = (uint)value; ; rest >>= 7)
        {
            if (rest < 128)
            {
                bytes.Add((byte)rest);
                return [.. bytes];
            }

            bytes.Add((byte)(rest | 128));
        }
    }

    private static Message FromProto(RaftMessage proto) => new()
    {
        Type = (MessageType)proto.Type,
        From = new NodeId(proto.From),
        To = new NodeId(proto.To),
        Term = proto.Term,
        LogIndex = proto.LogIndex,
        LogTerm = proto.LogTerm,
        Commit = proto.Commit,
        Entries = proto.Entries.Select(static e => new Entry(e.Term, e.Index, (EntryType)e.Type, e.Payload.Memory)).ToArray(),
        Reject = proto.Reject,
        RejectHint = proto.RejectHint,
        ReadContext = proto.ReadContext,
        LeadershipTransfer = proto.LeadershipTransfer,
        Chunk = proto.Chunk is { } chunk ? new SnapshotChunk(FromProto(chunk.Snapshot), (long)chunk.Offset, chunk.Data.Memory) : null,
        Group = new GroupId(proto.Group),
    };

    private static SnapshotMetadata FromProto(MetadataFields proto)
        => new(
            new LogId(proto.Term, proto.Index),
            ConfigurationCodec.Decode(proto.Configuration.Span),
            proto.ConfigurationIndex,
            (long)proto.Size,
            proto.Checksum);
}
