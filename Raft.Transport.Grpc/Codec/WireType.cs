namespace Raft.Transport.Grpc.Codec;

/// <summary>How the value of a field is laid out: the numbers of the protobuf encoding. Its groups are obsolete and not understood here.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    Fixed32 = 5,
}
