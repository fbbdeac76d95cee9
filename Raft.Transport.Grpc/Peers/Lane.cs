namespace Raft.Transport.Grpc.Peers;

/// <summary>Messages of one lane never wait for those of another.</summary>
internal enum Lane
{
    /// <summary>Everything that <see cref="Snapshot"/> does not carry.</summary>
    Main,

    /// <summary>Pieces of snapshots.</summary>
    Snapshot,
}
