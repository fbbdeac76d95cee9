using Raft.Core.Log;
using Raft.Core.Membership;
using ChunkFields = Raft.Transport.Grpc.Protos.SnapshotChunk;
using MetadataFields = Raft.Transport.Grpc.Protos.SnapshotMetadata;
using SnapshotChunk = Raft.Core.Consensus.SnapshotChunk;
using SnapshotMetadata = Raft.Core.Storage.SnapshotMetadata;

namespace Raft.Transport.Grpc.Codec;

/// <summary>
/// Reads a piece of a snapshot. It comes from another machine: what can't be held in a <see cref="SnapshotChunk"/> is refused. Whether the piece fits its
/// snapshot is for the core to judge.
/// </summary>
internal static class ChunkDecoder
{
    /// <summary>Longest configuration in bytes: decoded it takes many times as much memory.</summary>
    public const int MaxConfigurationBytes = 256 * 1024;

    /// <summary>Reads a piece and copies its data.</summary>
    /// <exception cref="WireFormatException">The bytes are no piece, or it has more than <paramref name="maxDataBytes"/> bytes of data.</exception>
    public static SnapshotChunk Read(ReadOnlySpan<byte> block, long maxDataBytes)
    {
        ulong offset = 0;
        ReadOnlySpan<byte> snapshot = default;
        ReadOnlySpan<byte> data = default;
        var reader = new ProtoReader(block);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case ChunkFields.SnapshotFieldNumber: snapshot = reader.ReadBlock(); break;
                case ChunkFields.OffsetFieldNumber: offset = reader.ReadNumber(); break;
                case ChunkFields.DataFieldNumber: data = reader.ReadBlock(); break;
                default: reader.Skip(); break;
            }
        }

        return data.Length <= maxDataBytes
            ? new SnapshotChunk(ReadSnapshot(snapshot), ToLong(offset, "offset"), data.ToArray())
            : throw new WireFormatException($"A piece of a snapshot has {data.Length} bytes; the limit is {maxDataBytes}.");
    }

    private static SnapshotMetadata ReadSnapshot(ReadOnlySpan<byte> block)
    {
        ulong term = 0, index = 0, configurationIndex = 0, size = 0;
        uint checksum = 0;
        ReadOnlySpan<byte> configuration = default;
        var reader = new ProtoReader(block);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case MetadataFields.TermFieldNumber: term = reader.ReadNumber(); break;
                case MetadataFields.IndexFieldNumber: index = reader.ReadNumber(); break;
                case MetadataFields.ConfigurationFieldNumber: configuration = reader.ReadBlock(); break;
                case MetadataFields.ConfigurationIndexFieldNumber: configurationIndex = reader.ReadNumber(); break;
                case MetadataFields.SizeFieldNumber: size = reader.ReadNumber(); break;
                case MetadataFields.ChecksumFieldNumber: checksum = reader.ReadFixed32(); break;
                default: reader.Skip(); break;
            }
        }

        return new SnapshotMetadata(new LogId(term, index), ReadConfiguration(configuration), configurationIndex, ToLong(size, "size"), checksum);
    }

    private static ClusterConfiguration ReadConfiguration(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxConfigurationBytes)
        {
            throw new WireFormatException($"A configuration has {bytes.Length} bytes; the limit is {MaxConfigurationBytes}.");
        }

        try
        {
            return ConfigurationCodec.Decode(bytes);
        }
        catch (FormatException e)
        {
            throw new WireFormatException(e.Message, e);
        }
    }

    private static long ToLong(ulong value, string what)
        => value <= long.MaxValue ? (long)value : throw new WireFormatException($"The {what} {value} in a snapshot is out of range.");
}
