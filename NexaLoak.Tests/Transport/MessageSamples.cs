using FsCheck;
using FsCheck.Fluent;
using Raft.Core.Consensus;
using Raft.Core.Groups;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Transport;

/// <summary>Messages with every type and every field, small numbers and extreme ones.</summary>
public static class MessageSamples
{
    private static readonly Gen<ulong> _number = Gen.OneOf(
        Gen.Constant(0ul),
        Gen.Choose(1, 300).Select(static n => (ulong)n),
        Gen.Choose(0, 63).Select(static bits => 1ul << bits),
        Gen.Constant(ulong.MaxValue));

    private static readonly Gen<byte[]> _payload = Gen.Choose(0, 300).SelectMany(static n => Gen.Choose(0, 255).Select(static b => (byte)b).ArrayOf(n));

    private static readonly Gen<Entry> _entry =
        from term in _number
        from index in _number
        from type in Gen.Elements(Enum.GetValues<EntryType>())
        from payload in _payload
        select new Entry(term, index, type, payload);

    private static readonly Gen<ClusterConfiguration> _configuration = Gen.Elements(
        ClusterConfiguration.Empty,
        new ClusterConfiguration([new NodeId(1)]),
        new ClusterConfiguration(
            [new NodeId(1), new NodeId(2), new NodeId(ulong.MaxValue)],
            votersOutgoing: [new NodeId(1), new NodeId(5)],
            learners: [new NodeId(300)],
            learnersNext: [new NodeId(5)],
            witnesses: [new NodeId(2)],
            addresses: [new(new NodeId(1), "https://[2001:db8::1]:7000"), new(new NodeId(300), "")]));

    private static readonly Gen<SnapshotChunk?> _chunk =
        from numbers in _number.ArrayOf(5)
        from checksum in _number
        from configuration in _configuration
        from data in _payload
        from there in Gen.Elements(false, true)
        select there ? new SnapshotChunk(
            new SnapshotMetadata(new LogId(numbers[0], numbers[1]), configuration, numbers[2], (long)(numbers[3] >> 1), (uint)checksum),
            (long)(numbers[4] >> 1),
            data) : null;

    private static readonly Gen<Message> _message =
        from type in Gen.Elements(Enum.GetValues<MessageType>().Where(static t => t != MessageType.None).ToArray())
        from numbers in _number.ArrayOf(9)
        from entries in Gen.Choose(0, 4).SelectMany(static n => _entry.ArrayOf(n))
        from reject in Gen.Elements(false, true)
        from transfer in Gen.Elements(false, true)
        from chunk in _chunk
        select new Message
        {
            Type = type,
            From = new NodeId(numbers[0]),
            To = new NodeId(numbers[1]),
            Term = numbers[2],
            LogIndex = numbers[3],
            LogTerm = numbers[4],
            Commit = numbers[5],
            Entries = entries,
            Reject = reject,
            RejectHint = numbers[6],
            ReadContext = numbers[7],
            LeadershipTransfer = transfer,
            Chunk = chunk,
            Group = new GroupId(numbers[8]),
        };

    /// <summary>Found by FsCheck.</summary>
    public static Arbitrary<Message[]> Frames() => Arb.From(Gen.Choose(0, 4).SelectMany(static n => _message.ArrayOf(n)));

    /// <summary>True when all fields are equal, entries and pieces by their bytes.</summary>
    public static bool Same(Message left, Message right)
        => left with { Entries = default, Chunk = null } == right with { Entries = default, Chunk = null }
            && Same(left.Chunk, right.Chunk)
            && left.Entries.Length == right.Entries.Length
            && left.Entries.ToArray().Zip(right.Entries.ToArray()).All(static e => Same(e.First, e.Second));

    private static bool Same(SnapshotChunk? left, SnapshotChunk? right)
        => left is null || right is null
            ? left == right
            : left with { Data = default } == right with { Data = default } && left.Data.Span.SequenceEqual(right.Data.Span);

    private static bool Same(Entry left, Entry right)
        => left with { Payload = default } == right with { Payload = default } && left.Payload.Span.SequenceEqual(right.Payload.Span);
}
