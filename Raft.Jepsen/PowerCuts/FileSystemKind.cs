namespace Raft.Jepsen.PowerCuts;

/// <summary>The file systems whose power can be cut.</summary>
internal enum FileSystemKind
{
    Ext4,
    Xfs,
}
