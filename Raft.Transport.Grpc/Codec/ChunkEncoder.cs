using Raft.Core.Membership;
using ChunkFields = Raft.Transport.Grpc.Protos.SnapshotChunk;
using MetadataFields = Raft.Transport.Grpc.Protos.SnapshotMetadata;
using SnapshotChunk = Raft.Core.Consensus.SnapshotChunk;
using SnapshotMetadata = Raft.Core.Storage.SnapshotMetadata;

namespace Raft.Transport.Grpc.Codec;

/// <summary>Writes a piece of a snapshot as a field of a message.</summary>
internal static class ChunkEncoder
{
    /// <summary>Bytes that a piece adds to its message.</summary>
    /// <exception cref="OverflowException">It would be 2 GiB or more.</exception>
    public static int SizeInMessage(int field, SnapshotChunk chunk)
        => ProtoWriter.SizeOfBlock(field, SizeOf(chunk, SizeOf(chunk.Snapshot, ConfigurationCodec.Encode(chunk.Snapshot.Configuration))));

    /// <summary>Writes a piece.</summary>
    public static void Write(int field, SnapshotChunk chunk, ref ProtoWriter writer)
    {
        byte[] configuration = ConfigurationCodec.Encode(chunk.Snapshot.Configuration);
        int snapshotSize = SizeOf(chunk.Snapshot, configuration);
        writer.BeginBlock(field, SizeOf(chunk, snapshotSize));
        writer.BeginBlock(ChunkFields.SnapshotFieldNumber, snapshotSize);
        Write(chunk.Snapshot, configuration, ref writer);
        writer.WriteField(ChunkFields.OffsetFieldNumber, (ulong)chunk.Offset);
        writer.WriteBytes(ChunkFields.DataFieldNumber, chunk.Data.Span);
    }

    private static void Write(SnapshotMetadata snapshot, byte[] configuration, ref ProtoWriter writer)
    {
        writer.WriteField(MetadataFields.TermFieldNumber, snapshot.Id.Term);
        writer.WriteField(MetadataFields.IndexFieldNumber, snapshot.Id.Index);
        writer.WriteBytes(MetadataFields.ConfigurationFieldNumber, configuration);
        writer.WriteField(MetadataFields.ConfigurationIndexFieldNumber, snapshot.ConfigurationIndex);
        writer.WriteField(MetadataFields.SizeFieldNumber, (ulong)snapshot.Size);
        writer.WriteFixed32(MetadataFields.ChecksumFieldNumber, snapshot.Checksum);
    }

    private static int SizeOf(SnapshotChunk chunk, int snapshotSize)
        => checked(ProtoWriter.SizeOfBlock(ChunkFields.SnapshotFieldNumber, snapshotSize)
            + ProtoWriter.SizeOfField(ChunkFields.OffsetFieldNumber, (ulong)chunk.Offset)
            + ProtoWriter.SizeOfBytes(ChunkFields.DataFieldNumber, chunk.Data.Length));

    private static int SizeOf(SnapshotMetadata snapshot, byte[] configuration)
        => ProtoWriter.SizeOfField(MetadataFields.TermFieldNumber, snapshot.Id.Term)
            + ProtoWriter.SizeOfField(MetadataFields.IndexFieldNumber, snapshot.Id.Index)
            + ProtoWriter.SizeOfBytes(MetadataFields.ConfigurationFieldNumber, configuration.Length)
            + ProtoWriter.SizeOfField(MetadataFields.ConfigurationIndexFieldNumber, snapshot.ConfigurationIndex)
            + ProtoWriter.SizeOfField(MetadataFields.SizeFieldNumber, (ulong)snapshot.Size)
            + ProtoWriter.SizeOfFixed32(MetadataFields.ChecksumFieldNumber, snapshot.Checksum);
}
